using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of a merchant grain.</summary>
internal sealed class MerchantGrainReference(GrainHandle handle) : IMerchantGrain
{
    public Task<WireAnswer> Run(MerchantRequest request) => handle.Call(static (IMerchantGrain grain, MerchantRequest r) => grain.Run(r), request);

    public Task<bool> Redeliver(string delivery) => handle.Call(static (IMerchantGrain grain, string d) => grain.Redeliver(d), delivery);

    public Task<bool> SendNext(DeliveryQueue queue) => handle.Call(static (IMerchantGrain grain, DeliveryQueue q) => grain.SendNext(q), queue);

    public Task<DueOutcome> DoDue(DueCall call) => handle.Call(static (IMerchantGrain grain, DueCall c) => grain.DoDue(c), call);

    public Task<CaseAnswer> ActOnCase(CaseCommand command) => handle.Call(static (IMerchantGrain grain, CaseCommand c) => grain.ActOnCase(c), command);

    public Task<bool> Notify(AcquirerNotice notice) => handle.Call(static (IMerchantGrain grain, AcquirerNotice n) => grain.Notify(n), notice);

    public Task<bool> TakeDispute(DisputeNotice notice) => handle.Call(static (IMerchantGrain grain, DisputeNotice n) => grain.TakeDispute(n), notice);
}
