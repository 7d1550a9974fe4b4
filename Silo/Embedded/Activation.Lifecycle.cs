using Grains;

namespace Silo.Embedded;

/// <summary>How the grain of an activation comes and goes: empty → activating → active → deactivating → empty or gone.</summary>
internal sealed partial class Activation
{
    private static readonly ContextCallback ActivateInFlow = static state => _ = ((Activation)state!).Activate();
    private static readonly ContextCallback DeactivateInFlow = static state => _ = ((Activation)state!).Deactivate();
    private static readonly SendOrPostCallback ActivateTurn = static state => InHostFlow((Activation)state!, ActivateInFlow);
    private static readonly SendOrPostCallback DeactivateTurn = static state => InHostFlow((Activation)state!, DeactivateInFlow);

    private static void InHostFlow(Activation activation, ContextCallback callback)
    {
        if (activation.table.Flow is { } flow)
            ExecutionContext.Run(flow, callback, activation);
        else
            callback(activation);
    }

    /// <summary>With the gate held. As <see cref="Turns.Queued"/>.</summary>
    private bool QueuedToActivate()
    {
        stage = Stage.Activating;
        return Queued(ActivateTurn, this);
    }

    /// <summary>With the gate held. As <see cref="Turns.Queued"/>.</summary>
    private bool QueuedToDeactivate()
    {
        stage = Stage.Deactivating;
        table.FallsAsleep();
        return Queued(DeactivateTurn, this);
    }

    private async Task Activate()
    {
        table.Wakes();
        try
        {
            grain = Id.Type.Create(Id.Key);
            if (grain is IGrainLifecycle lifecycle)
                await lifecycle.Activate();
        }
        catch (Exception exception)
        {
            ActivationFailed(exception);
            return;
        }

        lock (Gate)
        {
            stage = Stage.Active;
            while (waiting.TryDequeue(out var call))
                Queued(QueuedCall.AsTurn, call);
        }
    }

    private void ActivationFailed(Exception exception)
    {
        QueuedCall[] failed;
        table.FallsAsleep();
        lock (Gate)
        {
            failed = [.. waiting];
            waiting.Clear();
            calls -= failed.Length;
        }

        // First make room for the next grain, then answer: who asks again at once must find it.
        Empty();
        foreach (var call in failed)
            call.Fail(exception);
    }

    private async Task Deactivate()
    {
        try
        {
            if (grain is IGrainLifecycle lifecycle)
                await lifecycle.Deactivate();
        }
        catch (Exception exception)
        {
            table.DeactivationFailed(Id.Type.Name, exception);
        }

        Empty();
    }

    /// <summary>Within a turn. Lets the grain go; wakes the next one if calls wait for it, and leaves the table if none came.</summary>
    private void Empty()
    {
        bool gone;
        lock (Gate)
        {
            grain = null;
            gone = calls == 0;
            stage = gone ? Stage.Gone : Stage.Empty;
            if (waiting.Count > 0)
                QueuedToActivate();
        }

        if (gone)
            table.Remove(this);
    }
}
