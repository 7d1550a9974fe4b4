using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Tests;

/// <summary>A value of every parameter and result of every grain contract, with something in each of its properties.</summary>
internal static class ContractSamples
{
    private static readonly PersonalFields Personal = new()
    {
        RemittanceInfo = "Invoice 12345",
        EndToEndId = "e2e",
        DebtorName = "Ada",
        CreditorName = "Grace",
        Purpose = "GDDS",
        Location = new Place(51.5m, -0.12m, "London"),
        IpAddress = "192.0.2.1",
        DeviceId = "d-1",
        Metadata = [new MetadataPair("order", "42")],
    };

    private static readonly CommandOrigin Origin = new(7, IdempotencyKey.Of(7, "k", "s"), UInt128.MaxValue);

    private static readonly AccountLimits Limits = new() { PerPayment = 1, PerMinute = new WindowLimit(1, 2), PerHour = new WindowLimit(null, 3), PerDay = new WindowLimit(4, null) };

    private static readonly PaymentAnswer Payment = new()
    {
        Id = new PaymentId(4_095, long.MaxValue),
        Status = PaymentStatus.Rejected,
        Amount = new Money(15_000, Currency.Usd),
        Debtor = AccountId.Parse("merchant_7:balance"),
        Creditor = AccountId.Parse("987654321"),
        CreatedAt = DateTimeOffset.UnixEpoch,
        Uetr = Guid.Parse("8a562c67-ca16-48ba-b074-65581be6f001"),
        Personal = Personal,
        Reason = Reason.InsufficientFunds,
        Detail = "because",
        ReturnOf = new PaymentId(1, 2),
        ReturnReason = "AM09",
    };

    private static readonly AccountSnapshot Account = new()
    {
        Id = AccountId.Parse("a"),
        Currency = Currency.Parse("JPY"),
        Status = AccountStatus.Frozen,
        Balance = new AccountBalance(1, 2, 3),
        Floor = -5,
        Limits = Limits,
        Name = "n",
        At = DateTimeOffset.UnixEpoch,
    };

    private static readonly FraudAlert Alert = new()
    {
        Id = "alert_1",
        Version = 2,
        State = AlertState.Closed,
        Detector = "mule_ring",
        Severity = AlertSeverity.High,
        Text = "t",
        Accounts = ["a"],
        Payments = ["pay_1"],
        Amount = "1.00",
        Currency = "USD",
        Frozen = ["a"],
        RaisedAt = DateTimeOffset.UnixEpoch,
        About = "account:1",
        FoundAtMs = 5,
        Outcome = CaseLabel.ConfirmedFraud,
        Note = "n",
        ClosedBy = "ann",
        ClosedAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly PaymentInstruction Instruction = new()
    {
        Tenant = 1,
        Debtor = AccountId.Parse("a"),
        Creditor = new CreditorFacts(AccountId.Parse("b"), 5, Currency.Usd, Closed: true),
        Amount = new Money(1, Currency.Usd),
        Key = Origin.Key,
        RequestHash = 5,
        Uetr = Guid.Parse("8a562c67-ca16-48ba-b074-65581be6f001"),
        Personal = Personal,
    };

    private static readonly FraudCase Case = new()
    {
        Id = "case_1",
        Version = 2,
        Status = CaseStatus.Closed,
        Resolution = CaseResolution.Released,
        PaymentId = "pay_1",
        DebtorAccount = "a",
        CreditorAccount = "b",
        Card = new CaseCard { Merchant = "m", Charge = "ch_1", Review = "prv_1", Customer = "cus_1", Name = "n", Email = "e", Brand = "visa", Last4 = "4242", Fingerprint = "f", Country = "US", Funding = "credit" },
        Amount = "150.00",
        Currency = "USD",
        Score = 60,
        Rules = ["impossible_travel"],
        OpenedAt = DateTimeOffset.UnixEpoch,
        ExpiresAt = DateTimeOffset.UnixEpoch,
        ClosedAt = DateTimeOffset.UnixEpoch,
        Assignee = "ann",
        SnoozedUntil = DateTimeOffset.UnixEpoch,
        Label = CaseLabel.FalsePositive,
        ChangedBy = "ann",
        Notes = [new CaseNote("ann", DateTimeOffset.UnixEpoch, "n")],
    };

    private static readonly RequestFacts Facts = new("req_1", "key", "2024-04-10", ["customer"], "http://127.0.0.1");

    private static readonly CardFacts CardFacts = new("sandbox", "visa", new Card { Brand = "visa", Country = "US", ExpMonth = 1, ExpYear = 2030, Fingerprint = "f", Funding = "credit", Last4 = "4242" });

    private static readonly RuleCondition[] Conditions = [new(Feature.Count1Hour, ConditionOperator.AtLeast, -5)];

    private static readonly RuleVersion Rule = new()
    {
        Rule = "impossible_travel",
        Version = 2,
        Mode = RuleMode.Shadow,
        Parameters = [new ParameterValue("points", 40)],
        Conditions = Conditions,
        Note = "why",
        DraftedBy = "ann",
        DraftedAt = DateTimeOffset.UnixEpoch,
        ChangedBy = "bob",
        ChangedAt = DateTimeOffset.UnixEpoch,
        PublishedRevision = 3,
        Asked = RuleAction.Retire,
        AskedBy = "ann",
        Changes = 3,
        Revision = 4,
        RuleSetVersion = 2,
    };

    private static readonly ListedEntry Entry = new()
    {
        Id = "entry_1",
        Version = 2,
        List = "block",
        Kind = "account",
        Value = "a",
        Reason = "why",
        ExpiresAt = DateTimeOffset.UnixEpoch,
        AddedBy = "ann",
        AddedAt = DateTimeOffset.UnixEpoch,
        RemovedBy = "bob",
        RemovedAt = DateTimeOffset.UnixEpoch,
    };

    public static IReadOnlyList<object> All { get; } =
    [
        new RuleCommand { Rule = "impossible_travel", Action = RuleAction.Draft, Version = 1, Revision = 2, Parameters = Rule.Parameters, Conditions = Conditions, Note = "why", Actor = "ann", Tenant = 7, Key = Origin.Key, RequestHash = 5 },
        new ListCommand { List = "block", Kind = "account", Value = "a", Reason = "why", ExpiresAt = DateTimeOffset.UnixEpoch, Action = ListAction.Remove, Entry = 9, Actor = "ann", Tenant = 7, Key = Origin.Key, RequestHash = 5 },
        new ListEntryQuery("block", 5, 10),
        new ModelCommand(new ModelChoice("20261121T093000123Z-1f0c77aa", IsPublished: true), "ann", 7, IsCarriedOver: true),
        new RuleBookAnswer(RuleBookOutcome.Recorded)
        {
            Model = new ModelInForce { Revision = 2, Choice = new ModelChoice("20261121T093000123Z-1f0c77aa", IsPublished: true), By = "ann", At = DateTimeOffset.UnixEpoch, Asked = new ModelAsked(new ModelChoice(null, IsPublished: false), "bob", DateTimeOffset.UnixEpoch) },
        },
        new RuleBookAnswer(RuleBookOutcome.FourEyes) { Rule = Rule, Entry = Entry, Errors = [new RefusedField("value", "why")], By = "ann", Detail = "because", Replayed = true },
        new[] { new FraudRule { Name = "impossible_travel", Description = "d", Revision = 1, Versions = 2, Parameters = [new ParameterForm("points", "points", 1, 0, 2, "d")], Published = Rule, Shadow = Rule } },
        new[] { Rule },
        new FraudRuleSet { Version = 2, ReviewAt = 50, DeclineAt = 90, By = "ann", At = DateTimeOffset.UnixEpoch, Rules = [new RuleInSet("impossible_travel", 2, RuleMode.Published, Rule.Parameters, Conditions)] },
        new[] { Entry },
        5,
        Instruction,
        new[] { Instruction },
        new ReturnInstruction { Tenant = 1, Original = new PaymentId(1, 2), AmountMinorUnits = 3, ReturnReason = "AM09", Key = Origin.Key, RequestHash = 9 },
        new OpenAccount(Origin, 2, Currency.Usd, -1, Limits, "n"),
        new ChangeStatus(Origin, StatusChange.Freeze, "why"),
        new ChangeLimits(Origin, Limits),
        new FundAccount(Origin, 5),
        new SubmitAnswer(SubmitOutcome.Recorded, Payment, Replayed: true),
        new[] { new SubmitAnswer(SubmitOutcome.Overloaded) },
        new AccountAnswer(AccountOutcome.Recorded, Account, Replayed: true),
        new DueCall("expire_hold", 42, 1_700_000_000_000),
        DueOutcome.Later,
        new CaseCommand { Case = 5, Version = 2, Action = CaseAction.Decline, Actor = "ann", Tenant = 1, Text = "t", Until = DateTimeOffset.UnixEpoch, Label = CaseLabel.ConfirmedFraud, Key = Origin.Key, RequestHash = 3 },
        new CaseAnswer(CaseOutcome.Changed, Case, Replayed: true),
        new RaiseAlert(5, Alert),
        new ExtendAlert(5, ["a", "b"]),
        new CloseAlert(5, 1, CaseLabel.ValuableAlert, "n", "ann", 1, Origin.Key, 3),
        new AlertAnswer(AlertOutcome.Closed, Alert, Replayed: true),
        new EntitySighting(1, 2, 3),
        new EntityAnswer(4),
        new CardSighting(1, 2, 3, 4),
        new CardAnswer(1, 2, 3, 4, 5),
        new LimitsUse(new WindowUse(1, 2, DateTimeOffset.UnixEpoch), null, null),
        new MerchantRequest(7, Facts, "0a", new CreateIntent(new IntentFields { Amount = 1, Currency = "usd", Description = new Text("d"), Metadata = new MetadataUpdate(new Dictionary<string, string> { ["a"] = "b" }, Clear: false), Shipping = new Shipping { Name = "n" } }, new ConfirmFields { OffSession = true, PaymentMethodData = new MethodData("tok_visa", new BillingDetails { Name = "n" }, null) })),
        new MerchantRequest(7, Facts, "0a", new SaveCustomer(null, new Text("n"), null, null, null, new Address { City = "c" }, null, null, null, null)),
        new MerchantRequest(7, Facts, "0a", new CreateToken(CardFacts, "192.0.2.1", null)),
        new MerchantRequest(7, Facts, "0a", new SaveEndpoint(null, "https://shop.example", ["*"], null, null, false, false, null)),
        new MerchantRequest(7, Facts, "0a", new UpdateDispute("du_1", new DisputeEvidence { UncategorizedText = "t" }, true, null)),
        new WireAnswer(402, [1, 2], Replayed: true),
        new AcquirerNotice("pi_1:1"),
        new DisputeNotice("pi_1:1", "dp_1"),
        new DeliveryQueue(7, IsAgain: true),
        "wd_1",
        true,
        new CardEntry("4242424242424242", 12, 2030, "123", null),
        new CardEntryAnswer(CardFacts, new CardRefusal("c", "m", "p")),
    ];
}
