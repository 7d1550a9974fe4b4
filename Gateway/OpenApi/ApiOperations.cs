using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>Every operation of the public surface, in the order in which a newcomer would try them.</summary>
internal static class ApiOperations
{
    /// <summary>Stands for a settled payment of the sandbox that is there when the document is asked for.</summary>
    public const string SomePayment = "pay_00000000000000000000000000";

    /// <summary>There only where the host makes backups.</summary>
    public const string MakesBackup = "/backups";

    private static readonly ApiParameter Wait = new("wait", "Waits so long for a final status, at most 30s.", """{"type":"string","pattern":"^[0-9]{1,2}s$"}""", "20s");
    private static readonly ApiParameter EventTypeFilter = new("type", "Only events of this type.", """{"type":"string"}""", "payment.settled");
    private static readonly ApiParameter SubjectFilter = new("subject", "Only events about this payment or account.", """{"type":"string"}""");
    private const string Text = """{"type":"string"}""";
    private const string Time = """{"type":"string","format":"date-time"}""";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("POST", "/payments", "Payments", "submitPayment", "Submit an instant payment.")
        {
            Description = "Decided and durable when it is answered. A rejected payment is a resource too (201) and says why in `reason`.",
            Query = [Wait, new("dryRun", "`true` answers the decision without effect (200, no id).", """{"type":"boolean"}""")],
            IsIdempotent = true, Body = "PaymentRequest", Status = 201, Answer = "Payment",
            BodyExample = """{"amount":"150.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321","remittanceInfo":"Invoice 12345"}""",
            Errors = [ProblemCode.CardNumberNotAccepted, ProblemCode.CreditorAgentNotReachable],
        },
        new("POST", "/payments/batch", "Payments", "submitPayments", "Submit up to 10,000 payments.")
        {
            Description = "A JSON array, or NDJSON with one payment a line. Results come in the same order and form; one refused item does not spoil the rest.",
            Body = "PaymentBatch", Answer = "BatchResults",
            BodyExample = """[{"idempotencyKey":"batch-1","amount":"10.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"},{"idempotencyKey":"batch-2","amount":"20.00","currency":"USD","debtorAccount":"sandbox_0001","creditorAccount":"sandbox_0002"}]""",
            NdJsonExample = "{\"idempotencyKey\":\"line-1\",\"amount\":\"10.00\",\"currency\":\"USD\",\"debtorAccount\":\"123456789\",\"creditorAccount\":\"987654321\"}\n",
            Errors = [ProblemCode.IdempotencyKeyInvalid, ProblemCode.BatchTooLong],
        },
        new("GET", "/payments", "Payments", "listPayments", "List payments, newest first.")
        {
            Description = "A request looks at a bounded number of payments: a page may be empty with `hasMore` true; go on from `next`.",
            Query =
            [
                new("account", "Debtor or creditor account.", Text, "123456789"), new("debtorAccount", "Debtor account.", Text), new("creditorAccount", "Creditor account.", Text),
                new("status", "Status.", """{"type":"string","enum":["pending","held","settled","rejected","accepted_without_posting","unresolved"]}"""),
                new("createdFrom", "Created at or after.", Time), new("createdTo", "Created before.", Time),
                new("idempotencyKey", "The caller's own idempotency key.", Text), new("endToEndId", "End-to-end id.", Text), new("uetr", "UETR.", """{"type":"string","format":"uuid"}"""),
                new("minAmount", "At least this amount.", Text), new("maxAmount", "At most this amount.", Text), ApiParameter.Limit, ApiParameter.After,
            ],
            Answer = "PaymentPage",
        },
        new("GET", "/payments/{id}", "Payments", "getPayment", "Read a payment.") { PathExample = SomePayment, Query = [Wait], Answer = "Payment" },
        new("GET", "/payments/{id}/journey", "Payments", "getJourney", "Read everything that happened to a payment.")
        {
            Description = "Steps in order, with reasons and ledger legs. What the log does not time has no time. Balances are shown of your own accounts only.",
            PathExample = SomePayment, Answer = "Journey",
        },
        new("POST", "/payments/{id}/return", "Payments", "returnPayment", "Return money of a received payment.")
        {
            Description = "For the tenant of the creditor account. The return is a payment of its own; without `amount`, all that is left goes back.",
            PathExample = SomePayment, IsIdempotent = true, Body = "ReturnRequest", Status = 201, Answer = "Payment",
            BodyExample = """{"amount":"0.01","reason":"CUST"}""",
            Errors = [ProblemCode.ReturnExceedsPayment, ProblemCode.PaymentNotReturnable],
        },
        new("POST", "/accounts", "Accounts", "openAccount", "Open an account.")
        {
            IsIdempotent = true, Body = "AccountRequest", Status = 201, Answer = "Account",
            BodyExample = """{"id":"example_account","currency":"USD","name":"Operating account","limits":{"perPayment":"10000.00","perDay":{"count":100,"amount":"50000.00"}}}""",
            Errors = [ProblemCode.AccountExists, ProblemCode.CardNumberNotAccepted],
        },
        new("GET", "/accounts", "Accounts", "listAccounts", "List accounts, newest first.") { Query = [ApiParameter.Limit, ApiParameter.After], Answer = "AccountPage" },
        new("GET", "/accounts/{id}", "Accounts", "getAccount", "Read an account with its balance and the use of its limits.") { PathExample = "123456789", Answer = "Account" },
        new("GET", "/accounts/{id}/entries", "Accounts", "listEntries", "List what was posted to an account, newest first.") { PathExample = "123456789", Query = [ApiParameter.Limit, ApiParameter.After], Answer = "EntryPage" },
        new("GET", "/accounts/{id}/balance", "Accounts", "getBalance", "Read an account's posted balance, now or at a time.")
        {
            PathExample = "123456789", Query = [new("at", "A time with its offset; absent means now.", Time, "2030-01-01T00:00:00Z")], Answer = "BalanceAt",
        },
        new("POST", "/accounts/{id}/freeze", "Accounts", "freezeAccount", "Freeze an account: it receives, but does not pay.") { PathExample = "sandbox_0100", IsIdempotent = true, Body = "ChangeReason", BodyExample = """{"reason":"Customer's wish"}""", Answer = "Account", Errors = [ProblemCode.AccountClosed] },
        new("POST", "/accounts/{id}/unfreeze", "Accounts", "unfreezeAccount", "Unfreeze an account.") { PathExample = "sandbox_0100", IsIdempotent = true, Body = "ChangeReason", BodyExample = """{"reason":"Resolved"}""", Answer = "Account", Errors = [ProblemCode.AccountClosed] },
        new("PUT", "/accounts/{id}/limits", "Accounts", "changeLimits", "Replace all limits of an account.") { PathExample = "sandbox_0101", IsIdempotent = true, Body = "Limits", BodyExample = """{"perPayment":"1000.00","perMinute":{"count":60,"amount":"5000.00"}}""", Answer = "Account", Errors = [ProblemCode.AccountClosed] },
        new("POST", "/accounts/{id}/close", "Accounts", "closeAccount", "Close an empty account.") { PathExample = "example_account", IsIdempotent = true, Body = "ChangeReason", BodyExample = """{"reason":"No longer used"}""", Answer = "Account", Errors = [ProblemCode.AccountClosed, ProblemCode.AccountNotEmpty] },
        new("GET", "/audit/trial-balance", "Audit", "trialBalance", "Sum all accounts, a currency and shard.") { Query = [new("currency", "Only this currency.", Text, "USD")], Answer = "TrialBalance" },
        new("GET", "/audit/reconciliation", "Audit", "reconciliation", "List the books that do not agree.") { Key = Sandbox.SandboxSeed.AnalystKey, Answer = "Reconciliation" },
        new("GET", "/events", "Events", "listEvents", "Read the event log, oldest first.") { Query = [new("after", "A cursor; absent means the beginning.", Text, "0"), ApiParameter.Limit, EventTypeFilter, SubjectFilter], Answer = "EventPage" },
        new("GET", "/events/stream", "Events", "streamEvents", "Follow the event log as server-sent events.")
        {
            Description = "Unnamed events, the CloudEvents envelope on one `data` line, `id` is the cursor. Starts after `Last-Event-ID` or `after`, else at now.",
            Query = [new("after", "A cursor; 0 is the beginning.", Text, "0"), EventTypeFilter, SubjectFilter], AnswerType = "text/event-stream", Errors = [ProblemCode.CursorExpired],
        },
        new("GET", "/fraud/stream", "Fraud", "streamFraud", "Follow payments with their fraud decisions, and work on cases, as server-sent events.")
        {
            Description = "For analysts. As `/events/stream`, of payments and fraud alone; a payment's first event has its decision as `data.risk`. Filters hold together; `outcome`, `minScore` and `rule` are of a decision.",
            Key = Sandbox.SandboxSeed.AnalystKey, AnswerType = "text/event-stream", Errors = [ProblemCode.CursorExpired],
            Query =
            [
                new("after", "A cursor; 0 is the beginning.", Text, "0"), EventTypeFilter, SubjectFilter, new("account", "Only events of this account, as debtor or creditor.", Text, "123456789"),
                new("outcome", "Only payments that were decided so.", """{"type":"string","enum":["approve","review","decline"]}""", "approve"),
                new("minScore", "Only payments with at least this score.", """{"type":"integer","minimum":0,"maximum":100}""", "0"), new("rule", "Only payments of which this rule spoke.", Text, "impossible_travel"),
            ],
        },
        .. FraudOperations.All,
        new("GET", "/requests", "Merchants", "listRequests", "List requests of the `/v1` surface with their outcomes, newest first.")
        {
            Description = "Each server process has the newest requests that it answered, redacted; what is older than they hold is gone.",
            Key = Sandbox.SandboxSeed.MerchantKey, Answer = "RequestPage",
            Query =
            [
                new("method", "HTTP method.", Text, "POST"), new("path", "Part of the path.", Text), new("status", "A status such as 402, or a class such as 4xx.", Text, "4xx"), new("object", "An object that the request named or answered.", Text),
                new("idempotencyKey", "The caller's own idempotency key.", Text), new("errorCode", "The error's code.", Text), ApiParameter.Limit, ApiParameter.After,
            ],
        },
        new("GET", "/requests/{id}", "Merchants", "getRequest", "Read one request with its parameters and its answer.") { Key = Sandbox.SandboxSeed.MerchantKey, PathExample = "req_0000000000000000", NeedsObject = true, Answer = "Request" },
        new("POST", "/webhooks/endpoints", "Merchants", "createEndpoint", "Send events somewhere, with Standard Webhooks headers.")
        {
            Description = "The secret is in this answer alone. Endpoints with Stripe's signature are made at `/v1/webhook_endpoints`.",
            Key = Sandbox.SandboxSeed.MerchantKey, Body = "WebhookEndpointRequest", BodyExample = """{"url":"https://shop.example/hooks","event":"payment_intent.succeeded"}""", Status = 201, Answer = "WebhookEndpoint", Errors = [ProblemCode.OutcomeUnknown],
        },
        new("GET", "/webhooks/endpoints", "Merchants", "listEndpoints", "List a merchant's endpoints, of both kinds.") { Key = Sandbox.SandboxSeed.MerchantKey, Answer = "WebhookEndpointPage" },
        new("POST", "/webhooks/endpoints/{id}/rotate", "Merchants", "rotateSecret", "Give an endpoint a new secret; the one before signs too for a day.") { Key = Sandbox.SandboxSeed.MerchantKey, PathExample = "we_00000000000000000000000000", NeedsObject = true, Answer = "WebhookEndpoint", Errors = [ProblemCode.OutcomeUnknown] },
        new("DELETE", "/webhooks/endpoints/{id}", "Merchants", "deleteEndpoint", "Send no more events there.") { Key = Sandbox.SandboxSeed.MerchantKey, PathExample = "we_00000000000000000000000000", NeedsObject = true, Answer = "WebhookEndpoint", Errors = [ProblemCode.OutcomeUnknown] },
        new("GET", "/webhooks/deliveries", "Merchants", "listDeliveries", "List deliveries with their tries, newest first.")
        {
            Key = Sandbox.SandboxSeed.MerchantKey, Answer = "DeliveryPage",
            Query = [new("status", "How far it is.", """{"type":"string","enum":["pending","delivered","dead"]}""", "delivered"), new("endpoint", "Only to this endpoint.", Text), new("event", "Only of this event.", Text), ApiParameter.Limit, ApiParameter.After],
        },
        new("GET", "/webhooks/dead-letters", "Merchants", "listDeadLetters", "List deliveries that were given up on.")
        {
            Key = Sandbox.SandboxSeed.MerchantKey, Answer = "DeliveryPage",
            Query = [new("status", "How far it is.", """{"type":"string","enum":["pending","delivered","dead"]}"""), new("endpoint", "Only to this endpoint.", Text), new("event", "Only of this event.", Text), ApiParameter.Limit, ApiParameter.After],
        },
        new("GET", "/webhooks/deliveries/{id}", "Merchants", "getDelivery", "Read a delivery with its body and the signature of each try.") { Key = Sandbox.SandboxSeed.MerchantKey, PathExample = "wd_00000000000000000000000000", NeedsObject = true, Answer = "Delivery" },
        new("POST", "/webhooks/deliveries/{id}/redeliver", "Merchants", "redeliver", "Send a delivery again, whatever became of it.") { Key = Sandbox.SandboxSeed.MerchantKey, PathExample = "wd_00000000000000000000000000", NeedsObject = true, Answer = "Delivery" },
        new("POST", "/webhooks/verify", "Merchants", "explainSignature", "Say whether a received signature is right, and if not, why.")
        {
            Key = Sandbox.SandboxSeed.MerchantKey, Body = "SignatureCheck", NeedsObject = true, Answer = "SignatureVerdict", Errors = [ProblemCode.NotFound],
            BodyExample = """{"endpoint":"we_00000000000000000000000000","body":"{}","signature":"t=1700000000,v1=00"}""",
        },
        new("POST", "/sandbox/accounts/{id}/fund", "Sandbox", "fundAccount", "Put money from nowhere into an account.")
        {
            PathExample = "sandbox_0003", IsIdempotent = true, Body = "FundRequest", BodyExample = """{"amount":"100.00"}""", Answer = "Account", Errors = [ProblemCode.AccountClosed, ProblemCode.AccountTooFull, ProblemCode.PathUnknown],
        },
        new("POST", "/sandbox/clock/advance", "Sandbox", "advanceClock", "Move the product's time ahead.") { Body = "ClockRequest", BodyExample = """{"seconds":60}""", Answer = "Clock", Errors = [ProblemCode.PathUnknown] },
        new("POST", "/sandbox/faults", "Sandbox", "setFault", "Slow each commit down, or lose answers of the card acquirer.") { Body = "FaultRequest", BodyExample = """{"ledger":"delay","milliseconds":5}""", Answer = "Faults", Errors = [ProblemCode.PathUnknown] },
        new("DELETE", "/sandbox/faults", "Sandbox", "clearFaults", "End all faults.") { Answer = "Faults", Errors = [ProblemCode.PathUnknown] },
        new("GET", "/health/live", "Operations", "live", "Whether the process lives.") { Key = null, Answer = "Health" },
        new("GET", "/health/ready", "Operations", "ready", "Whether the process is ready, and what is missing (503 while not).") { Key = null, Answer = "Health" },
        new("GET", "/metrics", "Operations", "metrics", "Metrics as Prometheus text.") { Key = null, AnswerType = "text/plain" },
        new("POST", MakesBackup, "Operations", "makeBackup", "Make a backup of the running ledger on the server's own disk.")
        {
            Description = "For administrators, where the server makes backups. Lines of JSON tell how far it is (`done`, `total` pages); the last one has its `directory`, `bytes` and `lastPosition`, or an `error`. The caller names no path, and the ledger never travels.",
            Key = Sandbox.SandboxSeed.AdministratorKey, AnswerType = "application/x-ndjson",
        },
        new("GET", "/problems", "Operations", "listProblems", "Every error code, as a page.") { Key = null, AnswerType = "text/html" },
        new("GET", "/problems/{code}", "Operations", "getProblem", "What an error means, why, and what to do.") { Key = null, PathExample = "invalid_fields", AnswerType = "text/html" },
        new("GET", "/openapi.json", "Operations", "openApi", "This document.") { Key = null, Answer = "OpenApi" },
    ];

    /// <summary>The path of an operation's example.</summary>
    public static string ExamplePath(ApiOperation operation)
    {
        var open = operation.Path.IndexOf('{', StringComparison.Ordinal);
        return open < 0 ? operation.Path : string.Concat(operation.Path.AsSpan(0, open), operation.PathExample, operation.Path.AsSpan(operation.Path.IndexOf('}', StringComparison.Ordinal) + 1));
    }

}
