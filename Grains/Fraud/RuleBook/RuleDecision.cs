using System.Globalization;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>What a change of a rule comes to: the versions that it leaves different, the one that was meant first; or why there is none.</summary>
internal sealed record RuleDecided(RuleBookAnswer Answer)
{
    public EventType Event { get; init; }

    public IReadOnlyList<RuleVersion> Versions { get; init; } = [];

    /// <summary>The set in force from now on; null where it stays.</summary>
    public FraudRuleSet? Set { get; init; }
}

/// <summary>The life of a rule's version: draft → validated → shadow → published → retired. Pure: book, command and time in; what changes out.</summary>
internal static class RuleDecision
{
    /// <param name="fourEyes">Whether what acts on payments takes two people.</param>
    public static RuleDecided Decide(RuleBookState book, IFraudRule rule, RuleCommand command, bool fourEyes, long nowMs)
    {
        var versions = book.Versions(rule);
        var revision = book.Revision(rule.Name);
        if (command.Revision is { } seen && seen != revision)
            return Refused(RuleBookOutcome.Changed, $"The rule was changed since: it is of revision {Text(revision)} now.", versions.MaxBy(static version => version.Revision)!.ChangedBy);
        if (command.Action == RuleAction.Draft)
            return Draft(book, rule, versions, command, nowMs);
        if (Target(versions, command) is not { } target)
            return command.Action == RuleAction.Revert && command.Version == 0
                ? Refused(RuleBookOutcome.NotInPlace, "No version but the one in force was ever published.")
                : Refused(RuleBookOutcome.Unknown);
        if (rule is ScoreThresholds && (command.Action == RuleAction.Shadow || command is { Action: RuleAction.Retire } && target.Mode == RuleMode.Published))
            return Refused(RuleBookOutcome.NotInPlace, "Thresholds are always in force: publish others in their place.");
        if (RuleRollout.Refuse(rule, target, command) is { } refused)
            return refused;
        if (!MayBegin(command.Action, target))
            return Refused(RuleBookOutcome.NotInPlace, $"Version {Text(target.Version)} is {target.Mode.Word()}: {Begins(command.Action)}");
        if (command.Action == RuleAction.Validate && Invalid(rule, versions, target) is { Count: > 0 } errors)
            return new RuleDecided(new RuleBookAnswer(RuleBookOutcome.Refused) { Errors = errors });
        if (fourEyes && NeedsTwo(command.Action, target))
        {
            var first = FirstOf(command, target);
            if (first is null)
                return Ask(book, target, command, revision, nowMs);
            if (first == command.Actor)
                return Refused(RuleBookOutcome.FourEyes, by: first);
        }

        return Step(book, versions, target, command, revision, nowMs);
    }

    private static RuleDecided Draft(RuleBookState book, IFraudRule rule, IReadOnlyList<RuleVersion> versions, RuleCommand command, long nowMs)
    {
        if (versions.Count >= RuleVersion.Max)
            return Refused(RuleBookOutcome.Full, $"A rule has at most {Text(RuleVersion.Max)} versions.");
        if (RuleValidation.OfParameters(rule, command.Parameters) is { Count: > 0 } errors)
            return new RuleDecided(new RuleBookAnswer(RuleBookOutcome.Refused) { Errors = errors });
        var from = versions.FirstOrDefault(static version => version.Mode == RuleMode.Published) ?? versions[^1];
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        var draft = new RuleVersion
        {
            Rule = rule.Name,
            Version = versions[^1].Version + 1,
            Mode = RuleMode.Draft,
            Parameters = RuleValidation.Merge(rule, from.Parameters, command.Parameters),
            Conditions = command.Conditions ?? from.Conditions,
            Note = command.Note,
            DraftedBy = command.Actor,
            DraftedAt = now,
            ChangedBy = command.Actor,
            ChangedAt = now,
            Changes = 1,
            Revision = book.Revision(rule.Name) + 1,
            RuleSetVersion = book.SetInForce.Version,
        };
        return Recorded(EventType.FraudRuleDrafted, [draft], null);
    }

    private static RuleDecided Step(RuleBookState book, IReadOnlyList<RuleVersion> versions, RuleVersion target, RuleCommand command, int revision, long nowMs)
    {
        var (mode, happened) = Outcome(command.Action);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        RuleVersion Changed(RuleVersion version, RuleMode to) => version with { Mode = to, ChangedBy = command.Actor, ChangedAt = now, Changes = version.Changes + 1, Revision = revision + 1, Asked = null, AskedBy = null, AskedRollout = null };
        var next = Changed(target, mode);
        if (mode == RuleMode.Published)
            next = next with { PublishedRevision = revision + 1, Rollout = command.Action == RuleAction.Revert ? target.Rollout : RuleRollout.Of(command) };
        // What acts, and what runs beside it, is one version each: the one before makes way.
        var changed = new List<RuleVersion> { next };
        if (mode is RuleMode.Published or RuleMode.Shadow && versions.FirstOrDefault(version => version.Mode == mode && version.Version != next.Version) is { } before)
            changed.Add(Changed(before, RuleMode.Retired));
        if (!IsInForce(mode) && !IsInForce(target.Mode))
            return Recorded(happened, changed.ConvertAll(version => version with { RuleSetVersion = book.SetInForce.Version }), null);
        RuleVersion[] after = [.. versions.Select(version => changed.Find(each => each.Version == version.Version) ?? version)];
        var set = RuleSets.Next(book.SetInForce, target.Rule, after, command.Actor, now);
        return Recorded(happened, changed.ConvertAll(version => version with { RuleSetVersion = set.Version }), set);
    }

    // The product's own version has no drafter, and going back has none: whoever speaks first asks, and a second person does it.
    private static RuleDecided Ask(RuleBookState book, RuleVersion target, RuleCommand command, int revision, long nowMs) => Recorded(
        EventType.FraudRuleChangeAsked,
        [target with
        {
            Asked = command.Action, AskedBy = command.Actor, AskedRollout = RuleRollout.Of(command), ChangedBy = command.Actor, ChangedAt = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
            Changes = target.Changes + 1, Revision = revision + 1, RuleSetVersion = book.SetInForce.Version,
        }],
        null);

    private static RuleVersion? Target(IReadOnlyList<RuleVersion> versions, RuleCommand command) => command is { Action: RuleAction.Revert, Version: 0 }
        ? versions.Where(static version => version is { Mode: not RuleMode.Published, PublishedRevision: not null }).MaxBy(static version => version.PublishedRevision)
        : versions.FirstOrDefault(version => version.Version == command.Version);

    private static bool MayBegin(RuleAction action, RuleVersion target) => action switch
    {
        RuleAction.Validate => target.Mode == RuleMode.Draft,
        RuleAction.Shadow => target.Mode is RuleMode.Validated or RuleMode.Retired && (target.Mode == RuleMode.Validated || target.PublishedRevision is not null),
        RuleAction.Publish => target.Mode is RuleMode.Validated or RuleMode.Shadow,
        RuleAction.Retire => target.Mode != RuleMode.Retired,
        RuleAction.Revert => target is { Mode: not RuleMode.Published, PublishedRevision: not null },
        RuleAction.Rollout => target.Mode == RuleMode.Published,
        RuleAction.Draft => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static string Begins(RuleAction action) => action switch
    {
        RuleAction.Validate => "a draft is validated.",
        RuleAction.Shadow => "what was validated, or published before, runs in shadow.",
        RuleAction.Publish => "what was validated, or runs in shadow, is published.",
        RuleAction.Retire => "it is retired already.",
        RuleAction.Revert => "a rule is reverted to what was published before.",
        RuleAction.Rollout => "what is published is rolled out.",
        RuleAction.Draft => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    private static (RuleMode Mode, EventType Event) Outcome(RuleAction action) => action switch
    {
        RuleAction.Validate => (RuleMode.Validated, EventType.FraudRuleValidated),
        RuleAction.Shadow => (RuleMode.Shadow, EventType.FraudRuleShadowed),
        RuleAction.Publish or RuleAction.Revert or RuleAction.Rollout => (RuleMode.Published, EventType.FraudRulePublished),
        RuleAction.Retire => (RuleMode.Retired, EventType.FraudRuleRetired),
        RuleAction.Draft => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    // The code may be of a newer release than the draft.
    private static List<RefusedField> Invalid(IFraudRule rule, IReadOnlyList<RuleVersion> versions, RuleVersion target)
    {
        var errors = RuleValidation.OfParameters(rule, target.Parameters);
        errors.AddRange(RuleValidation.OfConditions(target.Conditions));
        if (rule is ScoreThresholds)
            errors.AddRange(ScoreThresholds.Invalid(target));
        if (versions.FirstOrDefault(static version => version.Mode == RuleMode.Published) is { } published
            && published.Parameters.SequenceEqual(target.Parameters) && published.Conditions.SequenceEqual(target.Conditions))
            errors.Add(new RefusedField("version", $"says the same as version {Text(published.Version)}, which is published."));
        return errors;
    }

    private static bool IsInForce(RuleMode mode) => mode is RuleMode.Published or RuleMode.Shadow;

    // What never acts is one person's own matter.
    private static bool NeedsTwo(RuleAction action, RuleVersion target) => action is RuleAction.Publish or RuleAction.Revert or RuleAction.Rollout || (action == RuleAction.Retire && target.Mode == RuleMode.Published);

    /// <summary>The first of the two people; null where there was none yet.</summary>
    private static string? FirstOf(RuleCommand command, RuleVersion target) =>
        target.Asked == command.Action && target.AskedRollout == RuleRollout.Of(command) ? target.AskedBy : command.Action is RuleAction.Revert or RuleAction.Rollout ? null : target.DraftedBy;

    private static RuleDecided Recorded(EventType happened, IReadOnlyList<RuleVersion> versions, FraudRuleSet? set) =>
        new(new RuleBookAnswer(RuleBookOutcome.Recorded) { Rule = versions[0] }) { Event = happened, Versions = versions, Set = set };

    private static RuleDecided Refused(RuleBookOutcome outcome, string? detail = null, string? by = null) => new(new RuleBookAnswer(outcome) { Detail = detail, By = by });

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
