namespace Bench;

/// <summary>Contenders that are measured in turn, round by round, so that whatever disturbs the machine disturbs them all.</summary>
internal sealed class Stage(string name, IReadOnlyList<IContender> contenders) : IStage
{
    public async Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken)
    {
        try
        {
            results.Figures.AddRange(await Measure(scale, progress, cancellationToken));
        }
        finally
        {
            foreach (var contender in contenders)
                await contender.DisposeAsync();
        }
    }

    private async Task<Figure[]> Measure(BenchScale scale, BenchProgress progress, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            progress.Say($"{name}: preparing {contender.Title}");
            await contender.Prepare(cancellationToken);
        }

        GC.Collect();
        var figures = contenders.Select(static contender => new Figure(contender.Name, contender.Title, "payments/s")
        {
            Cpu = new Figure(contender.Name + "_cpu", contender.Title + ", CPU time", "µs/payment"),
        }).ToArray();
        for (var round = 1; round <= scale.Rounds; round++)
        {
            for (var i = 0; i < contenders.Count; i++)
            {
                progress.Step($"{name}: round {round} of {scale.Rounds}, {contenders[i].Title}");
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
