using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Stripe;
using Intent = Stripe.PaymentIntent;

namespace Silo.Cluster.Stripe;

/// <summary>
/// Cards through Stripe. An operation's key is Stripe's idempotency key, which answers for at least 24 hours, and stands in the metadata
/// of what it made or changed, which is found for ever: by lists and by ids, which see every earlier write, and not by Stripe's search,
/// which may not. Every attempt at money is confirmed from here (confirmation_method=manual), so that nothing is taken that nobody here
/// waits for.
/// </summary>
internal sealed partial class StripeAcquirer : IAcquirer, IFollowedAcquirer, IDisposable
{
    public const string AcquirerName = "stripe";

    /// <summary>In the metadata of Stripe's objects: the key of our operation that made or last changed them.</summary>
    public const string KeyName = "payments_key";

    private const int PageLength = 100;

    /// <summary>How long taking a card may last: its holder waits, and the pipeline limits how many, and not how long.</summary>
    private static readonly TimeSpan LongestEntry = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);
    private static readonly List<string> WithCharge = ["latest_charge"];

    private readonly HttpClient http;
    private readonly StripeCards cards;
    private readonly PaymentIntentService intents;
    private readonly SetupIntentService setups;
    private readonly RefundService refunds;
    private readonly DisputeService disputes;
    private readonly DateTimeOffset? followSince;

    public StripeAcquirer(StripeSettings settings)
    {
        // A proxy of the environment is for the way out, not for this machine.
        http = new HttpClient(new SocketsHttpHandler { UseProxy = !new Uri(settings.ApiBase).IsLoopback, PooledConnectionLifetime = ConnectionLifetime }) { Timeout = Timeout.InfiniteTimeSpan };
        // Tried again by one pipeline alone, which counts what stays silent.
        var client = new StripeClient(new StripeClientOptions { ApiKey = settings.ApiKey, ApiBase = settings.ApiBase, HttpClient = new SystemNetHttpClient(http, maxNetworkRetries: 0, enableTelemetry: false) });
        cards = new StripeCards(client, settings.PublishableKey);
        followSince = settings.FollowedSince;
        (intents, setups, refunds, disputes) = (new PaymentIntentService(client), new SetupIntentService(client), new RefundService(client), new DisputeService(client));
    }

    public string Name => AcquirerName;

    // The intent's metadata name the last change alone.
    public bool FindsEveryCall => false;

    public async Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestEntry);
        return await StripeAnswers.Heard(() => cards.Describe(entry, limit.Token), cancellationToken);
    }

    /// <summary>Test cards are Stripe's own here, by their numbers.</summary>
    public TestCard? TestCard(string name) => null;

    public async Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Operation switch
            {
                AcquirerOperation.Authorize => await Authorize(request, cancellationToken),
                AcquirerOperation.Verify => await Verify(request, cancellationToken),
                AcquirerOperation.Capture => await Capture(request, request.Amount, request.Final, cancellationToken),
                AcquirerOperation.Increase => await Increase(request, cancellationToken),
                AcquirerOperation.Void => await Void(request, cancellationToken),
                AcquirerOperation.Refund => Of(await Heard(() => refunds.CreateAsync(
                    new RefundCreateOptions { PaymentIntent = request.Authorization, Amount = request.Amount, Metadata = Told(request) }, Under(request), cancellationToken))),
                AcquirerOperation.Answer or AcquirerOperation.Concede => Done(await Heard(() => Answer(request, cancellationToken))),
            };
        }
        catch (StripeException refusal)
        {
            return StripeAnswers.Refused(refusal);
        }

        Task<T> Heard<T>(Func<Task<T>> call) => StripeAnswers.Heard(call, cancellationToken);
    }

    public async Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await StripeAnswers.Heard(() => Look(request, cancellationToken), cancellationToken);
        }
        catch (StripeException refusal)
        {
            // What Stripe will not show us may have been done.
            throw new InvalidOperationException($"Stripe does not show what it has of {request.Key}.", refusal);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<AcquirerAnswer?> Look(AcquirerRequest request, CancellationToken cancellationToken)
    {
        switch (request.Operation)
        {
            case AcquirerOperation.Authorize when request.Challenge is { } challenge:
                return StripeAnswers.Of(await Get(challenge, cancellationToken), request);
            case AcquirerOperation.Authorize:
                await foreach (var intent in intents.ListAutoPagingAsync(new PaymentIntentListOptions { Customer = Card(request).Customer, Limit = PageLength, Expand = ["data.latest_charge"] }, cancellationToken: cancellationToken))
                    if (IsOf(request, intent.Metadata))
                        return StripeAnswers.Of(intent, request);
                return null;
            case AcquirerOperation.Verify when request.Challenge is { } challenge:
                return StripeAnswers.Of(await setups.GetAsync(challenge, cancellationToken: cancellationToken));
            case AcquirerOperation.Verify:
                await foreach (var setup in setups.ListAutoPagingAsync(new SetupIntentListOptions { Customer = Card(request).Customer, Limit = PageLength }, cancellationToken: cancellationToken))
                    if (IsOf(request, setup.Metadata))
                        return StripeAnswers.Of(setup);
                return null;
            case AcquirerOperation.Refund:
                await foreach (var refund in refunds.ListAutoPagingAsync(new RefundListOptions { PaymentIntent = request.Authorization, Limit = PageLength }, cancellationToken: cancellationToken))
                    if (IsOf(request, refund.Metadata))
                        return Of(refund);
                return null;
            case AcquirerOperation.Capture or AcquirerOperation.Increase or AcquirerOperation.Void:
                return Done(request, await Get(request.Authorization!, cancellationToken));
            case AcquirerOperation.Answer or AcquirerOperation.Concede:
                return await disputes.GetAsync(request.Authorization, cancellationToken: cancellationToken) is var dispute && IsAnswered(request, dispute) ? Done(dispute) : null;
            default:
                throw new InvalidOperationException($"{request.Operation} is no operation.");
        }
    }

    private async Task<AcquirerAnswer> Authorize(AcquirerRequest request, CancellationToken cancellationToken)
    {
        Intent intent;
        try
        {
            intent = await StripeAnswers.Heard(() => request.Challenge is { } challenge ? intents.ConfirmAsync(challenge, Confirmation(request), Under(request), cancellationToken) : intents.CreateAsync(Creation(request), Under(request), cancellationToken), cancellationToken);
        }
        catch (StripeException refusal) when (refusal.StripeError.PaymentIntent is not null)
        {
            // The error says that it was declined; how risky it was is told by its charge.
            return await StripeAnswers.Heard(async () => StripeAnswers.Of(await Get(refusal.StripeError.PaymentIntent.Id, cancellationToken), request), cancellationToken) ?? StripeAnswers.Refused(refusal);
        }

        return StripeAnswers.Of(intent, request) ?? throw new AcquirerSilentException($"Stripe left {intent.Id} at {intent.Status}.");
    }

    private async Task<AcquirerAnswer> Verify(AcquirerRequest request, CancellationToken cancellationToken)
    {
        var card = Card(request);
        // After a challenge Stripe goes on by itself.
        var setup = await StripeAnswers.Heard(() => request.Challenge is { } challenge ? setups.GetAsync(challenge, cancellationToken: cancellationToken) : setups.CreateAsync(
            new SetupIntentCreateOptions { Customer = card.Customer, PaymentMethod = card.Method, AllowedPaymentMethodTypes = ["card"], Usage = "off_session", Confirm = true, ReturnUrl = request.ReturnUrl, Metadata = Told(request) }, Under(request), cancellationToken), cancellationToken);
        return StripeAnswers.Of(setup) ?? throw new AcquirerSilentException($"Stripe left {setup.Id} at {setup.Status}.");
    }

    private async Task<AcquirerAnswer> Capture(AcquirerRequest request, long amount, bool final, CancellationToken cancellationToken)
    {
        // Said only where it is not so, or releases alone: it is for authorizations that are captured in parts.
        bool? saysFinal = !final || amount == 0 ? final : null;
        var intent = await StripeAnswers.Heard(() => intents.CaptureAsync(
            request.Authorization, new PaymentIntentCaptureOptions { AmountToCapture = amount, FinalCapture = saysFinal, Metadata = Told(request) }, Under(request), cancellationToken), cancellationToken);
        return Done(request, intent) ?? throw new AcquirerSilentException($"Stripe left {intent.Id} at {intent.Status}.");
    }

    private async Task<AcquirerAnswer> Increase(AcquirerRequest request, CancellationToken cancellationToken)
    {
        // Stripe is told what it comes to: what it has shows whether this was added already.
        var intent = await StripeAnswers.Heard(() => Get(request.Authorization!, cancellationToken), cancellationToken);
        if (Done(request, intent) is { } done)
            return done;
        var raised = await StripeAnswers.Heard(() => intents.IncrementAuthorizationAsync(
            intent.Id, new PaymentIntentIncrementAuthorizationOptions { Amount = checked(intent.Amount + request.Amount), Metadata = Told(request) }, Under(request), cancellationToken), cancellationToken);
        return Done(request, raised) ?? throw new AcquirerSilentException($"Stripe left {raised.Id} at {raised.Status}.");
    }

    private async Task<AcquirerAnswer> Void(AcquirerRequest request, CancellationToken cancellationToken)
    {
        var intent = await StripeAnswers.Heard(() => Get(request.Authorization!, cancellationToken), cancellationToken);
        if (Done(request, intent) is { } done)
            return done;
        // What was captured in parts is not canceled: the rest is released.
        if (intent.AmountReceived > 0)
            return await Capture(request, 0, final: true, cancellationToken);
        var canceled = await StripeAnswers.Heard(() => intents.CancelAsync(intent.Id, new PaymentIntentCancelOptions(), Under(request), cancellationToken), cancellationToken);
        return Done(request, canceled) ?? throw new AcquirerSilentException($"Stripe left {canceled.Id} at {canceled.Status}.");
    }

    /// <summary>What became of an operation on an authorization; null where it was not done.</summary>
    private static AcquirerAnswer? Done(AcquirerRequest request, Intent intent)
    {
        if (intent.Status == "processing")
            throw new AcquirerSilentException($"Stripe is still at {intent.Id}.");
        var isDone = request.Operation switch
        {
            AcquirerOperation.Capture => IsOf(request, intent.Metadata) && intent.AmountReceived >= request.Amount,
            AcquirerOperation.Increase => IsOf(request, intent.Metadata),
            AcquirerOperation.Void => intent.Status == "canceled" || (IsOf(request, intent.Metadata) && intent.AmountCapturable == 0),
            AcquirerOperation.Authorize or AcquirerOperation.Verify or AcquirerOperation.Refund or AcquirerOperation.Answer or AcquirerOperation.Concede => throw new InvalidOperationException($"{request.Operation} is nothing to do with an authorization."),
        };
        return isDone ? new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = intent.Id } : null;
    }

    private static PaymentIntentCreateOptions Creation(AcquirerRequest request)
    {
        var card = Card(request);
        return new PaymentIntentCreateOptions
        {
            Amount = request.Amount,
            Currency = request.Currency,
            Customer = card.Customer,
            PaymentMethod = card.Method,
            AllowedPaymentMethodTypes = ["card"],
            CaptureMethod = CaptureMethod(request),
            // Without the cardholder there is no challenge, and nothing to wait for.
            ConfirmationMethod = request.OffSession ? null : "manual",
            Confirm = true,
            OffSession = request.OffSession ? true : null,
            ReturnUrl = request.OffSession ? null : request.ReturnUrl,
            PaymentMethodOptions = new PaymentIntentPaymentMethodOptionsOptions
            {
                Card = new PaymentIntentPaymentMethodOptionsCardOptions
                {
                    RequestThreeDSecure = request.WantsChallenge && !request.Authenticated ? "any" : null,
                    RequestMulticapture = request.Final ? null : "if_available",
                    RequestIncrementalAuthorization = request.Final ? null : "if_available",
                },
            },
            Metadata = Told(request),
            Expand = WithCharge,
        };
    }

    private static PaymentIntentConfirmOptions Confirmation(AcquirerRequest request) =>
        new() { CaptureMethod = CaptureMethod(request), ReturnUrl = request.ReturnUrl, Expand = WithCharge };

    private static string CaptureMethod(AcquirerRequest request) => request.Final ? "automatic" : "manual";

    private static StripeCard Card(AcquirerRequest request) => StripeCard.Parse(request.CardReference!);

    private Task<Intent> Get(string id, CancellationToken cancellationToken) => intents.GetAsync(id, new PaymentIntentGetOptions { Expand = WithCharge }, cancellationToken: cancellationToken);

    // Ours are counted anew in every ledger; Stripe's id beside it is of one alone.
    private static RequestOptions Under(AcquirerRequest request) =>
        new() { IdempotencyKey = $"{request.Key}@{request.Challenge ?? request.Authorization ?? Card(request).Customer}" };

    private static Dictionary<string, string> Told(AcquirerRequest request) => new() { [KeyName] = request.Key };

    private static bool IsOf(AcquirerRequest request, Dictionary<string, string> metadata) => metadata.GetValueOrDefault(KeyName) == request.Key;
}
