using Grains.Interfaces.Checkout;

namespace Silo.Embedded.References;

/// <summary>What callers in this process hold of a merchant grain.</summary>
internal sealed class MerchantGrainReference(GrainHandle handle) : IMerchantGrain
{
    public Task<WireAnswer> Run(MerchantRequest request) => handle.Call(static (IMerchantGrain grain, MerchantRequest r) => grain.Run(r), request);

    public Task<bool> Redeliver(string delivery) => handle.Call(static (IMerchantGrain grain, string d) => grain.Redeliver(d), delivery);

    public Task<bool> RunDue(DueWork work) => handle.Call(static (IMerchantGrain grain, DueWork w) => grain.RunDue(w), work);

    public Task<bool> Notify(AcquirerNotice notice) => handle.Call(static (IMerchantGrain grain, AcquirerNotice n) => grain.Notify(n), notice);
}
