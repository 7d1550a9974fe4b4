namespace Bench;

/// <summary>A part of a run; adds its figures to the results.</summary>
internal interface IStage
{
    Task Run(BenchScale scale, Results results, BenchProgress progress, CancellationToken cancellationToken);
}
