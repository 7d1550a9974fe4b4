using Grains.Interfaces;

namespace Silo.Cluster.Wire;

/// <summary>Around each call that leaves this process's gateway or one of its grains: what goes wrong on the way is said in the product's words.</summary>
internal sealed class CallerFilter(ClusterGrains grains) : IOutgoingGrainCallFilter
{
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        // Calls of the runtime's own, and those of grains, go on while the process goes down.
        var isOutside = context.SourceContext is null or { GrainInstance: null };
        if (isOutside && !grains.Begin())
            throw new GrainHostStopping();
        try
        {
            await context.Invoke();
        }
        catch (OrleansException exception) when (!IsOfTheRuntime(context))
        {
            throw Translated(exception);
        }
        finally
        {
            if (isOutside)
                grains.End();
        }
    }

    // The runtime's own calls, to a stream's subscribers among others, know what their exceptions mean.
    private static bool IsOfTheRuntime(IOutgoingGrainCallContext context) => context.InterfaceMethod.DeclaringType?.Namespace?.Split('.')[0] == nameof(Orleans);

    // A grain that could not wake says why. Whoever was cut off from a silo does not know what it did.
    private static Exception Translated(OrleansException exception)
    {
        for (Exception? inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            if (inner is not OrleansException)
                return inner;
        return new TimeoutException($"The call's outcome is unknown: {exception.Message}");
    }
}
