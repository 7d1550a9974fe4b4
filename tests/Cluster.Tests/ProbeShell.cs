using Silo.Cluster;
using Silo.Cluster.Actors;
using Silo.Tests;

namespace Cluster.Tests;

[Alias("tests.probe")]
public interface IProbeGrainActor : IProbeGrain, IGrainWithStringKey;

/// <summary>The actor of a probe.</summary>
[GrainType("probe")]
public sealed class ProbeShell(ClusterGrains grains) : Shell<IProbeGrain>(grains), IProbeGrainActor
{
    public Task<int> Count() => Inner.Count();

    public Task Note(Remark remark) => Inner.Note(remark);

    public Task Park(ParkAt park) => Inner.Park(park);

    public Task ParkThenNote(ParkAt park, Remark toOther) => Inner.ParkThenNote(park, toOther);

    public Task<int> Walk(Visit visit) => Inner.Walk(visit);

    public Task Fail(Failure failure) => Inner.Fail(failure);

    public async Task<IReadOnlyList<string>> Trace() => (await Inner.Trace()).ToArray();

    public Task Touch() => Inner.Touch();
}
