using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>The operations of <c>/fraud/alerts</c>, for analysts.</summary>
internal static class AlertOperations
{
    private const string SomeAlert = "alert_00000000000000000000000000";
    private const string Text = """{"type":"string"}""";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/fraud/alerts", "Fraud", "listAlerts", "List what detectors found across accounts, newest first.")
        {
            Key = Sandbox.SandboxSeed.AnalystKey, Answer = "FraudAlertPage",
            Query =
            [
                new("detector", "Only what this one found.", Text, "mule_ring"), new("state", "Whether somebody closed it.", """{"type":"string","enum":["open","closed"]}""", "open"),
                new("limit", "Items on the page, 1 to 1,000.", """{"type":"integer","minimum":1,"maximum":1000,"default":50}""", "10"), new("after", "The cursor that the page before gave as `next`.", Text),
            ],
        },
        new("GET", "/fraud/alerts/{id}", "Fraud", "getAlert", "Read an alert.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeAlert, NeedsObject = true, Answer = "FraudAlert" },
        new("POST", "/fraud/alerts/{id}/close", "Fraud", "closeAlert", "Say what an alert was worth: once.")
        {
            Description = "Names the `version` that the decision was made on. Where somebody closed it before, 409 says who in `actedBy`. Accounts that were frozen stay frozen.",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeAlert, NeedsObject = true, IsIdempotent = true,
            Body = "AlertClosing", BodyExample = """{"version":1,"outcome":"confirmed_fraud","note":"A ring of mules."}""", Answer = "FraudAlert", Errors = [ProblemCode.AlertClosed],
        },
    ];
}
