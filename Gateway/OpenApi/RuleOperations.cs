using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>The operations of <c>/fraud/rules</c> and <c>/fraud/lists</c>, for analysts: the examples lead one version through its life.</summary>
internal static class RuleOperations
{
    private const string SomeRule = "impossible_travel";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("GET", "/fraud/rules", "Fraud", "listRules", "List every rule, with what of it is in force.") { Key = Sandbox.SandboxSeed.AnalystKey, Answer = "FraudRulePage" },
        new("GET", "/fraud/rules/{name}", "Fraud", "getRule", "Read a rule.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeRule, Answer = "FraudRule" },
        new("POST", "/fraud/rules/{name}/versions", "Fraud", "draftRule", "Write a new version of a rule.")
        {
            Description = "What is left out of `parameters`, or `conditions` as a whole, is as in the version that is published. A version never changes: another one takes its place. Nothing is evaluated by a draft.",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeRule, IsIdempotent = true, Status = 201, Body = "RuleDraft", Answer = "RuleVersion",
            BodyExample = """{"conditions":[{"feature":"amount","op":">=","value":100}],"note":"Not for cents."}""", Errors = [ProblemCode.RuleChanged, ProblemCode.RuleFull],
        },
        new("GET", "/fraud/rules/{name}/versions", "Fraud", "listRuleVersions", "List a rule's versions, newest first.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeRule, Answer = "RuleVersionPage", Query = [ApiParameter.Limit, ApiParameter.After] },
        new("GET", "/fraud/rules/{name}/versions/{version}", "Fraud", "getRuleVersion", "Read a version of a rule.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeRule + "/2", Answer = "RuleVersion" },
        Step("validate", "validateRule", "Hold a draft against the rule's code, and against itself.", """{"version":2,"revision":1}"""),
        Step("shadow", "shadowRule", "Evaluate a version on live payments: recorded, and never acting.", """{"version":2,"revision":2}"""),
        Step("publish", "publishRule", "Let a version act, in place of the one before: on all payers, or on the share that `rollout` names.", """{"version":2,"revision":3}""", ProblemCode.FourEyes) with { Body = "RulePublish" },
        Step("rollout", "rollOutRule", "Let what is published act on another share of payers; on the others it is recorded, as in shadow.", """{"version":2,"rollout":25,"revision":4}""", ProblemCode.FourEyes) with { Body = "RuleRollout" },
        Step("retire", "retireRule", "Evaluate a version no more.", """{"version":2,"revision":5}""", ProblemCode.FourEyes),
        Step("revert", "revertRule", "Publish again what was published before; without `version`, what was published last.", """{"version":1,"revision":6}""", ProblemCode.FourEyes) with { Body = "RuleRevert" },
        new("GET", "/fraud/rule-sets/{version}", "Fraud", "getRuleSet", "Read the rules that were in force together: of a decision's `ruleSetVersion`, or `current`.")
        {
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = "current", Answer = "FraudRuleSet",
        },
        new("GET", "/fraud/lists/{list}/entries", "Fraud", "listEntries", "List what stands on the block, allow, watch or vpn list, newest first.") { Key = Sandbox.SandboxSeed.AnalystKey, PathExample = "block", Answer = "ListEntryPage", Query = [ApiParameter.Limit, ApiParameter.After] },
        new("POST", "/fraud/lists/{list}/entries", "Fraud", "addListEntry", "Put an account, a counterparty, a card's fingerprint, a device or an address on a list.")
        {
            Description = "In force at once, until `expiresAt` or until it is taken off; where it takes two people, once a second one has approved it, but for a block, which acts at once and lapses unless it is approved by `approveBy`. An address may be a range (CIDR).",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = "watch", IsIdempotent = true, Status = 201, Body = "ListEntryRequest", Answer = "ListEntry",
            BodyExample = """{"kind":"ip","value":"192.0.2.0/24","reason":"Seen in a ring of mules."}""", Errors = [ProblemCode.ListEntryExists, ProblemCode.ListFull, ProblemCode.CardNumberNotAccepted],
        },
        Answer("approve", "approveListEntry", "Approve what somebody else asked for: that an entry is put on, or taken off.", ProblemCode.FourEyes),
        Answer("reject", "rejectListEntry", "Drop what was asked for: an entry that waits to be put on is taken off, one that waits to be taken off stays."),
        new("DELETE", "/fraud/lists/{list}/entries/{id}", "Fraud", "removeListEntry", "Take an entry off its list.")
        {
            Description = "Where it takes two people, the first one's request is recorded (`asked`), and a second one's, here or as `approve`, does it.",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = "watch/entry_00000000000000000000000000", NeedsObject = true, Answer = "ListEntry",
            Errors = [ProblemCode.FourEyes, ProblemCode.NotRecorded, ProblemCode.Overloaded, ProblemCode.ShuttingDown, ProblemCode.OutcomeUnknown],
        },
    ];

    private static ApiOperation Answer(string action, string id, string summary, params ProblemCode[] errors) => new("POST", $"/fraud/lists/{{list}}/entries/{{id}}/{action}", "Fraud", id, summary)
    {
        Key = Sandbox.SandboxSeed.AnalystKey,
        PathExample = "watch/entry_00000000000000000000000000",
        NeedsObject = true,
        IsIdempotent = true,
        Answer = "ListEntry",
        Errors = [ProblemCode.ListEntryNotAsked, .. errors],
    };

    private static ApiOperation Step(string action, string id, string summary, string example, params ProblemCode[] errors) => new("POST", $"/fraud/rules/{{name}}/{action}", "Fraud", id, summary)
    {
        Description = "Names the rule's `revision` that the decision was made on. Where somebody changed the rule before, 409 says who in `actedBy`.",
        Key = Sandbox.SandboxSeed.AnalystKey,
        PathExample = SomeRule,
        IsIdempotent = true,
        Body = "RuleStep",
        BodyExample = example,
        Answer = "RuleVersion",
        Errors = [ProblemCode.RuleChanged, ProblemCode.RuleNotInPlace, .. errors],
    };
}
