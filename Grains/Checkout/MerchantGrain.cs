using Grains.Fraud.Cards;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;

namespace Grains.Checkout;

/// <summary>
/// The grain of one merchant. A request is decided in one step without an await (<c>MerchantGrain.Deciding.cs</c>); a call of an
/// acquirer is committed before it is made, and its answer is another such step (<c>MerchantGrain.Attempts.cs</c>).
/// </summary>
public sealed partial class MerchantGrain : IMerchantGrain, IGrainLifecycle
{
    private readonly MerchantServices services;
    private readonly MerchantBook book;
    private readonly DecisionTools tools;
    private readonly string tier;
    private readonly WriterLane lane = new();
    private DataKey? dataKey;
    private AccountRecord? owner;

    public MerchantGrain(string key, MerchantServices services)
    {
        this.services = services;
        tier = services.AcquirerOptions.TierOf(key);
        book = new MerchantBook(AccountId.Parse(key).Value, CardVelocity.Under(services.AcquirerOptions.Velocity), services.Risk is null ? null : new MerchantAttempts());
        tools = new DecisionTools(services.Writer.Ids, services.Cards, services.Secrets, services.AcquirerOptions, services.References) { Risk = services.Risk };
    }

    private long NowMs => services.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public Task Activate() => Reload();

    public Task Deactivate()
    {
        dataKey?.Dispose();
        return Task.CompletedTask;
    }

    private async Task<WireAnswer> Execute(MerchantRequest request, IdempotencyKey key)
    {
        try
        {
            if (book.Owner == 0)
                await OpenOwner(request.Tenant);
            RefuseForeign(owner!, Currency.Usd, request.Tenant);
            if (request.Command is CreatePayout payout)
                await Refresh(Books.CurrencyOf(payout.Currency));
            var first = await Commit(request.Facts, request.Tenant, draft => Decide(draft, request.Command), key, request.Hash);
            return first.Waits is { } attempt ? await Perform(attempt.Kind, attempt.Number, attempt.Attempt, request.Tenant) : first.Answer!;
        }
        catch (ForeignAccountException foreign)
        {
            MerchantGrainLog.ForeignAccount(services.Logger, book.Merchant, foreign);
            return WireError.NeedsOperator(request.Facts);
        }
    }

    private static Decided Decide(Draft draft, MerchantCommand command) => command switch
    {
        SaveCustomer save => CustomerDecisions.Save(draft, save),
        DeleteCustomer delete => CustomerDecisions.Delete(draft, delete),
        CreateToken create => MethodDecisions.CreateToken(draft, create),
        CreatePaymentMethod create => MethodDecisions.Create(draft, create),
        UpdatePaymentMethod update => MethodDecisions.Update(draft, update),
        AttachPaymentMethod attach => MethodDecisions.Attach(draft, attach),
        DetachPaymentMethod detach => MethodDecisions.Detach(draft, detach),
        CreateIntent create => IntentDecisions.Create(draft, create),
        UpdateIntent update => IntentDecisions.Update(draft, update),
        ConfirmIntent confirm => IntentDecisions.Confirm(draft, confirm),
        CaptureIntent capture => AuthorizationDecisions.Capture(draft, capture),
        CancelIntent cancel => IntentDecisions.Cancel(draft, cancel),
        IncrementAuthorization increment => AuthorizationDecisions.Increment(draft, increment),
        CreateRefund create => RefundDecisions.Create(draft, create),
        UpdateRefund update => RefundDecisions.Update(draft, update),
        UpdateCharge update => ChargeDecisions.Update(draft, update),
        CompleteChallenge complete => Complete(draft, complete),
        CreateSetup create => SetupDecisions.Create(draft, create),
        UpdateSetup update => SetupDecisions.Update(draft, update),
        ConfirmSetup confirm => SetupDecisions.Confirm(draft, confirm),
        CancelSetup cancel => SetupDecisions.Cancel(draft, cancel),
        SaveEndpoint save => EndpointDecisions.Save(draft, save),
        DeleteEndpoint delete => EndpointDecisions.Delete(draft, delete),
        UpdateDispute update => DisputeDecisions.Update(draft, update),
        CloseDispute close => DisputeDecisions.Concede(draft, close),
        ApproveReview approve => ReviewDecisions.Approve(draft, approve),
        CreatePayout create => PayoutDecisions.Create(draft, create),
        UpdatePayout update => PayoutDecisions.Update(draft, update),
        CancelPayout cancel => PayoutDecisions.Cancel(draft, cancel),
        CreateSession create => SessionDecisions.Create(draft, create),
        UpdateSession update => SessionDecisions.Update(draft, update),
        ExpireSession expire => SessionDecisions.Expire(draft, expire),
        PaySession pay => SessionDecisions.Pay(draft, pay),
        _ => throw new InvalidOperationException($"{command.GetType().Name} is unknown to the merchant's grain."),
    };

    private static Decided Complete(Draft draft, CompleteChallenge command) => draft.FindAny(command.Id) switch
    {
        { Kind: DocumentKind.PaymentIntent } intent => IntentDecisions.CompleteChallenge(draft, command, intent),
        { Kind: DocumentKind.SetupIntent } setup => SetupDecisions.CompleteChallenge(draft, command, setup),
        _ => WireError.NoSuch(draft.Request, "intent", command.Id, "intent", inPath: true),
    };
}
