using Grains.Interfaces.Values;

namespace Grains.Interfaces.Fraud;

/// <summary>
/// A decision as bytes, sealed with its payment: a format byte, then whole numbers of variable length (seven bits a byte, low ones
/// first; those that may be negative folded to positive ones), texts as UTF-8 behind their length. Some eighty bytes where no rule
/// spoke. Stored: a new format gets a new first byte. The first one had no facts, and a byte for each value that is not known or 0.
/// </summary>
public static class RiskDecisionCodec
{
    private const byte FormatWithoutFacts = 1;
    private const byte Format = 2;

    // Beside the bits of the texts, with room for more of these.
    private const int HasPlace = 1 << 15;
    private const int Places = 100;

    private static readonly int Features = Enum.GetValues<Feature>().Length;

    /// <summary>What a room is to have for the usual decision.</summary>
    public const int UsualSize = 512;

    public static byte[] Encode(RiskDecision decision) => Encode(decision, stackalloc byte[UsualSize]).ToArray();

    /// <param name="room">Where the bytes are put, unless they are more than it takes.</param>
    public static ReadOnlySpan<byte> Encode(RiskDecision decision, Span<byte> room)
    {
        var writer = new RiskDecisionWriter(room);
        writer.Byte(Format);
        writer.Byte((byte)decision.Outcome);
        writer.Byte(checked((byte)decision.Score));
        writer.Number(decision.RuleSetVersion);
        writer.Number(decision.DecidedAtMs);
        Write(ref writer, decision.Model);
        writer.Number(decision.Reasons.Count);
        for (var i = 0; i < decision.Reasons.Count; i++)
            Write(ref writer, decision.Reasons[i]);
        writer.Values(decision.Values is long[] values ? values : [.. decision.Values]);
        Write(ref writer, decision.FellBack);
        Write(ref writer, decision.Facts);
        return writer.End();
    }

    /// <exception cref="InvalidDataException">Damaged, or of a newer release.</exception>
    public static RiskDecision Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RiskDecisionReader(bytes);
        var format = reader.Byte();
        if (format is not (FormatWithoutFacts or Format))
            throw new InvalidDataException("Not a fraud decision, or of a newer release.");
        var outcome = Known((RiskOutcome)reader.Byte());
        var score = reader.Byte();
        var ruleSet = reader.Int32();
        var decidedAt = reader.Number();
        var model = ReadModel(ref reader);
        var reasons = new RiskReason[reader.Count()];
        for (var i = 0; i < reasons.Length; i++)
            reasons[i] = new RiskReason(reader.Text(), reader.Int32(), Known((RuleMode)reader.Byte()), Known((RiskOutcome)reader.Byte()), reader.SignedInt32(), reader.Text(), ReadFeatures(ref reader), reader.Signed());
        var decision = new RiskDecision
        {
            Outcome = outcome,
            Score = score,
            RuleSetVersion = ruleSet,
            DecidedAtMs = decidedAt,
            Model = model,
            Reasons = reasons,
            Values = reader.Values(Features, inRuns: format != FormatWithoutFacts),
            FellBack = ReadFeatures(ref reader),
            Facts = format == FormatWithoutFacts ? RiskFacts.None : ReadFacts(ref reader),
        };
        reader.End();
        return decision;
    }

    /// <summary>Whether the decision was recorded with its facts, so that it can be made again from its bytes alone.</summary>
    public static bool HasFacts(ReadOnlySpan<byte> bytes) => !bytes.IsEmpty && bytes[0] != FormatWithoutFacts;

    private static void Write(ref RiskDecisionWriter writer, ModelFinding? model)
    {
        writer.Flag(model is not null);
        if (model is null)
            return;
        writer.Text(model.Version);
        writer.Number(model.ProbabilityPpm);
        writer.Signed(model.Points);
        writer.Flag(model.IsPublished);
        writer.Number(model.Contributions.Count);
        for (var i = 0; i < model.Contributions.Count; i++)
        {
            writer.Text(model.Contributions[i].Feature);
            writer.Signed(model.Contributions[i].Millilogits);
        }
    }

    private static ModelFinding? ReadModel(ref RiskDecisionReader reader)
    {
        if (!reader.Flag())
            return null;
        var (version, ppm, points, isPublished) = (reader.Text(), reader.Int32(), reader.SignedInt32(), reader.Flag());
        var contributions = new ModelContribution[reader.Count()];
        for (var i = 0; i < contributions.Length; i++)
            contributions[i] = new ModelContribution(reader.Text(), reader.SignedInt32());
        return new ModelFinding(version, ppm, points, isPublished, contributions);
    }

    private static void Write(ref RiskDecisionWriter writer, RiskReason reason)
    {
        writer.Text(reason.Rule);
        writer.Number(reason.Version);
        writer.Byte((byte)reason.Mode);
        writer.Byte((byte)reason.Outcome);
        writer.Signed(reason.Points);
        writer.Text(reason.Text);
        Write(ref writer, reason.Looked);
        writer.Signed(reason.Threshold);
    }

    private static void Write(ref RiskDecisionWriter writer, IReadOnlyList<Feature> features)
    {
        writer.Number(features.Count);
        for (var i = 0; i < features.Count; i++)
            writer.Byte((byte)features[i]);
    }

    private static Feature[] ReadFeatures(ref RiskDecisionReader reader)
    {
        var features = new Feature[reader.Count()];
        for (var i = 0; i < features.Length; i++)
            features[i] = Known((Feature)reader.Byte());
        return features;
    }

    // The currency, a bit for each text that is there, and these; then the payer's place. A new text goes behind the others.
    private static void Write(ref RiskDecisionWriter writer, RiskFacts facts)
    {
        writer.Number(facts.Currency.Number);
        Texts texts = default;
        (texts[0], texts[1], texts[2], texts[3]) = (facts.TravelFrom, facts.TravelTo, facts.ListedEntry, facts.BlockedEntry);
        (texts[4], texts[5], texts[6], texts[7]) = (facts.AllowedEntry, facts.WatchedEntry, facts.CardCountry, facts.OtherCountry);
        var there = 0;
        for (var i = 0; i < Texts.Count; i++)
            there |= texts[i] is null ? 0 : 1 << i;
        writer.Number(facts.PayerPlace is null ? there : there | HasPlace);
        for (var i = 0; i < Texts.Count; i++)
        {
            if (texts[i] is { } text)
                writer.Text(text);
        }

        if (facts.PayerPlace is { } place)
            writer.Byte(checked((byte)place));
    }

    private static RiskFacts ReadFacts(ref RiskDecisionReader reader)
    {
        var currency = reader.Number();
        var there = reader.Number();
        if (currency > short.MaxValue || !Currency.Exists((short)currency) || (there & ~(long)HasPlace) >= 1 << Texts.Count)
            throw RiskDecisionReader.Damaged();
        Texts texts = default;
        for (var i = 0; i < Texts.Count; i++)
            texts[i] = (there & (1 << i)) != 0 ? reader.Text() : null;
        int? place = (there & HasPlace) != 0 ? reader.Byte() : null;
        if (place >= Places)
            throw RiskDecisionReader.Damaged();
        return new RiskFacts
        {
            Currency = Currency.FromNumber((short)currency),
            TravelFrom = texts[0],
            TravelTo = texts[1],
            ListedEntry = texts[2],
            BlockedEntry = texts[3],
            AllowedEntry = texts[4],
            WatchedEntry = texts[5],
            CardCountry = texts[6],
            OtherCountry = texts[7],
            PayerPlace = place,
        };
    }

    private static T Known<T>(T value)
        where T : struct, Enum => Enum.IsDefined(value) ? value : throw RiskDecisionReader.Damaged();

    [System.Runtime.CompilerServices.InlineArray(Count)]
    private struct Texts
    {
        public const int Count = 8;

        private string? first;
    }
}
