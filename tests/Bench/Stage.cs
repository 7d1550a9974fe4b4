namespace Bench;

/// <summary>
/// Contenders that are measured in turn, round by round, so that whatever disturbs the machine disturbs them all. All are made ready
/// first; then one group after the other is measured. One that stands in several groups is measured in each: contenders that are
/// compared follow each other, without the data of others passing through the caches of the processor in between.
/// </summary>
internal sealed class Stage(string name, IReadOnlyList<ContenderGroup> groups) : IStage
{
    private readonly IContender[] contenders = [.. groups.SelectMany(static group => group.Contenders).Distinct()];

    public async Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            await Prepare(progress, cancellationToken);
            foreach (var group in groups)
                results.Add(await Measure(group, progress, cancellationToken));
            foreach (var contender in contenders)
                await contender.Check(cancellationToken);
        }
        finally
        {
            foreach (var contender in contenders)
                await contender.DisposeAsync();
        }
    }

    private async Task Prepare(BenchProgress progress, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            progress.Say($"{name}: preparing {contender.Title}");
            await contender.Prepare(cancellationToken);
        }

        GC.Collect();
    }

    private async Task<Figure[]> Measure(ContenderGroup group, BenchProgress progress, CancellationToken cancellationToken)
    {
        var (rounds, contenders) = (group.Rounds, group.Contenders);
        var figures = contenders.Select(static contender => new Figure(contender.Name, contender.Title, "payments/s")
        {
            Cpu = new Figure(contender.Name + "_cpu", contender.Title + ", CPU time", "µs/payment"),
        }).ToArray();
        for (var round = 1; round <= rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                progress.Step($"{name}: round {round} of {rounds}, {contenders[i].Title}");
                // One contender's young garbage is not the next one's to collect.
                GC.Collect(generation: 1);
                var sample = await contenders[i].Measure(cancellationToken);
                figures[i].Values.Add(sample.PaymentsPerSecond);
                figures[i].Cpu!.Values.Add(sample.CpuMicrosecondsPerPayment);
            }
        }

        return figures;
    }
}

/// <summary>What is measured in turn.</summary>
internal sealed record ContenderGroup(int Rounds, IReadOnlyList<IContender> Contenders);
