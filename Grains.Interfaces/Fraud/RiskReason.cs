namespace Grains.Interfaces.Fraud;

/// <summary>What one rule said of a payment.</summary>
/// <param name="Rule">The rule's name, snake_case.</param>
/// <param name="Version">Of the rule's definition, from 1.</param>
/// <param name="Mode">Published: its points count. Shadow: they do not.</param>
/// <param name="Outcome">What the payment would come to by this rule's points alone.</param>
/// <param name="Points">What it adds to the score, −100 to 100; negative for a reason to trust.</param>
/// <param name="Text">A sentence with its numbers, for analysts alone: it may name places and parties.</param>
/// <param name="Looked">The features that it looked at.</param>
/// <param name="Threshold">What the value that spoke was held against, in that value's unit.</param>
public sealed record RiskReason(string Rule, int Version, RuleMode Mode, RiskOutcome Outcome, int Points, string Text, IReadOnlyList<Feature> Looked, long Threshold);
