using Grains.Interfaces.Fraud;

namespace Grains.Interfaces.Checkout;

/// <summary>
/// One merchant. Its key is the merchant's name, which is the shard key of all its accounts. It decides all its intents, refunds
/// and customers in single-threaded turns. A call ends only after what it answers is durable.
/// </summary>
public interface IMerchantGrain : IDueWork
{
    /// <summary>Does what a merchant asks for; the answer is the wire's, errors included.</summary>
    Task<WireAnswer> Run(MerchantRequest request);

    /// <summary>Sends a delivery again, whatever became of it. False where there is none.</summary>
    Task<bool> Redeliver(string delivery);

    /// <summary>
    /// Sends the next delivery that waits in a queue of the grain's memory; false where none waits, or all places are taken. The grain
    /// calls it itself: no caller waits for a receiver, and while one is waited for, the grain stays awake.
    /// </summary>
    Task<bool> SendNext(DeliveryQueue queue);

    /// <summary>An acquirer says that it answered an attempt: it is asked for, as after a time-out. False where there is no such attempt.</summary>
    Task<bool> Notify(AcquirerNotice notice);

    /// <summary>
    /// Somebody says that what an attempt took is disputed: the acquirer is asked for the dispute, and it is taken over as it is there. What
    /// is none of the merchant's is passed over. False where that could not be recorded yet, or the acquirer does not answer: to be told again.
    /// </summary>
    Task<bool> TakeDispute(DisputeNotice notice);

    /// <summary>What an analyst does with a case of one of the merchant's card payments.</summary>
    Task<CaseAnswer> ActOnCase(CaseCommand command);
}

/// <summary>A request on its way to the grain.</summary>
/// <param name="Tenant">Whose key acts.</param>
/// <param name="Hash">Over method, path and parameters, in hexadecimal digits.</param>
public sealed record MerchantRequest(long Tenant, RequestFacts Facts, string Hash, MerchantCommand Command);

/// <summary>An answer, as it goes over the wire.</summary>
/// <param name="Replayed">Whether it is the first answer to the same key, again.</param>
/// <param name="MayRetry">Whether nothing was recorded, so that the same request may simply be sent again.</param>
/// <param name="IsKept">Whether it is stored under the request's idempotency key.</param>
public sealed record WireAnswer(int Status, byte[] Body, bool Replayed = false, bool MayRetry = false, bool IsKept = false);

/// <summary>Deliveries to one endpoint that wait together.</summary>
/// <param name="Endpoint">The endpoint's number.</param>
/// <param name="IsAgain">Whether they were tried before.</param>
public sealed record DeliveryQueue(long Endpoint, bool IsAgain);

/// <summary>An acquirer's word on an attempt, by the attempt's key.</summary>
public sealed record AcquirerNotice(string AttemptKey);

/// <summary>Word of a dispute.</summary>
/// <param name="AttemptKey">The key of an attempt at the money that is disputed.</param>
/// <param name="Dispute">The acquirer's name of it.</param>
public sealed record DisputeNotice(string AttemptKey, string Dispute);
