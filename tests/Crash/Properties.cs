// Each test is a product under load, or its memory and time: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
