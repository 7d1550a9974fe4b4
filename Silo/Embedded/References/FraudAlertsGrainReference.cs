using Grains.Interfaces.Fraud;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of the alerts' grain.</summary>
internal sealed class FraudAlertsGrainReference(GrainHandle handle) : IFraudAlertsGrain
{
    public Task<AlertAnswer> Raise(RaiseAlert command) => handle.Call(static (IFraudAlertsGrain grain, RaiseAlert c) => grain.Raise(c), command);

    public Task<AlertAnswer> Extend(ExtendAlert command) => handle.Call(static (IFraudAlertsGrain grain, ExtendAlert c) => grain.Extend(c), command);

    public Task<AlertAnswer> Close(CloseAlert command) => handle.Call(static (IFraudAlertsGrain grain, CloseAlert c) => grain.Close(c), command);
}
