using System.Diagnostics;
using Grains.Interfaces;

namespace Grains.Tests;

/// <summary>What tracing costs a payment where nobody listens: nothing of the heap.</summary>
public sealed class JourneyTraceTests
{
    private const string Carried = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Fact]
    public void Where_nobody_listens_a_step_allocates_nothing()
    {
        // As the server has it: a request's activity is there, though nobody listens.
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        Walk();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            Walk();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Walk()
        {
            using var step = JourneyTrace.Step("step", ActivityKind.Client, Carried);
            using var next = JourneyTrace.Resume("next", ActivityKind.Client, Carried);
            Assert.Null(step ?? next ?? JourneyTrace.Now);
            Assert.Null(JourneyTrace.Here);
        }
    }
}
