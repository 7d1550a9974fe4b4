using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>The operations of <c>/fraud</c>, for analysts.</summary>
internal static class FraudOperations
{
    private const string SomeCase = "case_00000000000000000000000000";
    private static readonly ProblemCode[] NotRecorded = [ProblemCode.NotRecorded, ProblemCode.Overloaded, ProblemCode.ShuttingDown, ProblemCode.OutcomeUnknown];

    private const string Text = """{"type":"string"}""";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/fraud/decisions/{paymentId}", "Fraud", "getDecision", "Read why a payment was decided as it was.")
        {
            Description = "The score, each rule that spoke with its sentence, and every feature as the decision saw it. Rules in shadow are recorded and count for nothing. No tenant sees any of it.",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = ApiOperations.SomePayment, Answer = "FraudDecision",
        },
        new("GET", "/fraud/cases", "Fraud", "listCases", "List cases: newest first, or those that are open, the most money at risk first.")
        {
            Key = Sandbox.SandboxSeed.AnalystKey, Answer = "FraudCasePage",
            Query =
            [
                new("status", "How far it is.", """{"type":"string","enum":["open","closed"]}""", "open"), new("order", "`amount` is for open cases.", """{"type":"string","enum":["newest","amount"]}""", "amount"),
                new("assignee", "Only those that somebody has.", Text), new("debtorAccount", "Only of this payer.", Text), new("paymentId", "Only of this payment.", Text), ApiParameter.Limit, ApiParameter.After,
            ],
        },
        new("GET", "/fraud/cases/{id}", "Fraud", "getCase", "Read a case.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeCase, NeedsObject = true, Answer = "FraudCase" },
        Act("approve", "approveCase", "Let a held payment go: it settles once.", "CaseDecision", """{"version":1}""", ProblemCode.CaseAccountFrozen),
        Act("decline", "declineCase", "Refuse a held payment: its money is free again.", "CaseDecision", """{"version":1,"label":"confirmed_fraud"}"""),
        Act("snooze", "snoozeCase", "Set a case aside until a time.", "CaseSnooze", """{"version":1,"until":"2026-11-21T18:00:00Z"}"""),
        Act("assign", "assignCase", "Give a case to somebody; without a name it is everybody's again.", "CaseAssignment", """{"version":1,"assignee":"ann"}"""),
        Act("note", "noteCase", "Write a note.", "CaseNote", """{"version":1,"text":"Called the payer."}""", ProblemCode.CaseFull),
        Act("label", "labelCase", "Say what the payment turned out to be; also of a closed case.", "CaseLabel", """{"version":1,"label":"false_positive"}"""),
        new("GET", "/fraud/model", "Fraud", "getModel", "Read which model is in force, and what it is worth.") { Key = Sandbox.SandboxSeed.AnalystKey, NeedsObject = true, Answer = "FraudModel", Errors = [ProblemCode.NotFound] },
        new("GET", "/fraud/models", "Fraud", "listModels", "List the models that lie ready, newest first.") { Key = Sandbox.SandboxSeed.AnalystKey, Answer = "FraudModelPage" },
        new("GET", "/fraud/models/{version}", "Fraud", "getModelVersion", "Read what a model that lies ready is, and what it is worth: its precision–recall curve and its calibration are in `manifest.metrics`.")
        {
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = "20261121T093000123Z-1f0c77aa", NeedsObject = true, Answer = "FraudModel", Errors = [ProblemCode.NotFound],
        },
        new("POST", "/fraud/models", "Fraud", "addModel", "Keep a model in the ledger: its file as `fraud train` wrote it.")
        {
            Description = "For administrators. At most 16 MiB. Every process on the ledger finds it under its version; it is not in force. What lies in a server's directory of models is kept by itself when it is put in force.",
            Key = Sandbox.SandboxSeed.AdministratorKey, NeedsObject = true, Body = "FraudModelFile", BodyExample = """{"format":1,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","body":{}}""", Status = 201, Answer = "FraudModel",
        },
        new("PUT", "/fraud/model", "Fraud", "loadModel", "Put a model in force, without a restart.")
        {
            Description = "For administrators. `live`: its points count; `shadow`: it speaks, and counts for nothing. Where what acts takes two people, the first one's request is kept (`asked`) and changes nothing; the same request of a second one does it. For every process on the ledger, within a second.",
            Key = Sandbox.SandboxSeed.AdministratorKey, NeedsObject = true, Body = "FraudModelChoice", BodyExample = """{"version":"20261121T093000123Z-1f0c77aa","mode":"shadow"}""", Answer = "FraudModel", Errors = [ProblemCode.FourEyes, .. NotRecorded],
        },
        new("DELETE", "/fraud/model", "Fraud", "unloadModel", "Decide without a model.") { Key = Sandbox.SandboxSeed.AdministratorKey, Status = 204, Errors = [ProblemCode.FourEyes, .. NotRecorded] },
        .. AlertOperations.All,
        .. BacktestOperations.All,
        .. RuleOperations.All,
    ];

    private static ApiOperation Act(string action, string id, string summary, string body, string example, params ProblemCode[] errors) => new("POST", $"/fraud/cases/{{id}}/{action}", "Fraud", id, summary)
    {
        Description = "Names the `version` that the decision was made on. Where somebody acted before, 409 says who in `actedBy`.",
        Key = Sandbox.SandboxSeed.AnalystKey,
        PathExample = SomeCase,
        NeedsObject = true,
        IsIdempotent = true,
        Body = body,
        BodyExample = example,
        Answer = "FraudCase",
        Errors = [ProblemCode.CaseChanged, ProblemCode.CaseClosed, .. errors],
    };
}
