using System.Text;

namespace Grains.Interfaces.Fraud;

/// <summary>
/// A decision as bytes, sealed with its payment: a format byte, then whole numbers of variable length (seven bits a byte, low ones
/// first; those that may be negative folded to positive ones), texts as UTF-8 behind their length. Some hundred bytes where no rule
/// spoke. Stored: a new format gets a new first byte.
/// </summary>
public static class RiskDecisionCodec
{
    private const byte Format = 1;

    public static byte[] Encode(RiskDecision decision)
    {
        var writer = new Writer(stackalloc byte[512]);
        writer.Byte(Format);
        writer.Byte((byte)decision.Outcome);
        writer.Byte(checked((byte)decision.Score));
        writer.Number(decision.RuleSetVersion);
        writer.Number(decision.DecidedAtMs);
        Write(ref writer, decision.Model);
        writer.Number(decision.Reasons.Count);
        for (var i = 0; i < decision.Reasons.Count; i++)
            Write(ref writer, decision.Reasons[i]);
        writer.Number(decision.Values.Count);
        for (var i = 0; i < decision.Values.Count; i++)
            writer.Value(decision.Values[i]);
        Write(ref writer, decision.FellBack);
        return writer.End();
    }

    /// <exception cref="InvalidDataException">Damaged, or of a newer release.</exception>
    public static RiskDecision Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new Reader(bytes);
        if (reader.Byte() != Format)
            throw new InvalidDataException("Not a fraud decision, or of a newer release.");
        var outcome = (RiskOutcome)reader.Byte();
        var score = (int)reader.Byte();
        var ruleSet = (int)reader.Number();
        var decidedAt = reader.Number();
        var model = ReadModel(ref reader);
        var reasons = new RiskReason[reader.Count()];
        for (var i = 0; i < reasons.Length; i++)
            reasons[i] = new RiskReason(reader.Text(), (int)reader.Number(), (RuleMode)reader.Byte(), (RiskOutcome)reader.Byte(), (int)reader.Signed(), reader.Text(), ReadFeatures(ref reader), reader.Signed());
        var values = new long[reader.Count()];
        for (var i = 0; i < values.Length; i++)
            values[i] = reader.Value();
        return new RiskDecision
        {
            Outcome = outcome, Score = score, RuleSetVersion = ruleSet, DecidedAtMs = decidedAt, Model = model, Reasons = reasons, Values = values, FellBack = ReadFeatures(ref reader),
        };
    }

    private static void Write(ref Writer writer, ModelFinding? model)
    {
        writer.Byte(model is null ? (byte)0 : (byte)1);
        if (model is null)
            return;
        writer.Text(model.Version);
        writer.Number(model.ProbabilityPpm);
        writer.Signed(model.Points);
        writer.Byte(model.IsPublished ? (byte)1 : (byte)0);
        writer.Number(model.Contributions.Count);
        for (var i = 0; i < model.Contributions.Count; i++)
        {
            writer.Text(model.Contributions[i].Feature);
            writer.Signed(model.Contributions[i].Millilogits);
        }
    }

    private static ModelFinding? ReadModel(ref Reader reader)
    {
        if (reader.Byte() == 0)
            return null;
        var (version, ppm, points, isPublished) = (reader.Text(), (int)reader.Number(), (int)reader.Signed(), reader.Byte() == 1);
        var contributions = new ModelContribution[reader.Count()];
        for (var i = 0; i < contributions.Length; i++)
            contributions[i] = new ModelContribution(reader.Text(), (int)reader.Signed());
        return new ModelFinding(version, ppm, points, isPublished, contributions);
    }

    private static void Write(ref Writer writer, RiskReason reason)
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

    private static void Write(ref Writer writer, IReadOnlyList<Feature> features)
    {
        writer.Number(features.Count);
        for (var i = 0; i < features.Count; i++)
            writer.Byte((byte)features[i]);
    }

    private static Feature[] ReadFeatures(ref Reader reader)
    {
        var features = new Feature[reader.Count()];
        for (var i = 0; i < features.Length; i++)
            features[i] = (Feature)reader.Byte();
        return features;
    }

    private ref struct Writer(Span<byte> room)
    {
        private Span<byte> room = room;
        private int length;

        public void Byte(byte value)
        {
            Ensure(1);
            room[length++] = value;
        }

        public void Number(long value) => Write(checked((ulong)value));

        public void Signed(long value) => Write(unchecked((ulong)((value << 1) ^ (value >> 63))));

        // 0 is a missing value, 1 none of the others: a value stands one above itself.
        public void Value(long value)
        {
            if (value == long.MinValue)
                Byte(0);
            else
                Write(unchecked((ulong)((value << 1) ^ (value >> 63)) + 1));
        }

        public void Text(string text)
        {
            var size = Encoding.UTF8.GetByteCount(text);
            Number(size);
            Ensure(size);
            length += Encoding.UTF8.GetBytes(text, room[length..]);
        }

        public readonly byte[] End() => room[..length].ToArray();

        private void Write(ulong value)
        {
            Ensure(10);
            for (; value >= 0x80; value >>= 7)
                room[length++] = (byte)((value & 0x7F) | 0x80);
            room[length++] = (byte)value;
        }

        private void Ensure(int size)
        {
            if (room.Length - length >= size)
                return;
            Span<byte> larger = new byte[Math.Max(2 * room.Length, length + size)];
            room[..length].CopyTo(larger);
            room = larger;
        }
    }

    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> bytes = bytes;

        public byte Byte()
        {
            if (bytes.IsEmpty)
                throw Damaged();
            var value = bytes[0];
            bytes = bytes[1..];
            return value;
        }

        public long Number()
        {
            var value = Read();
            return value <= long.MaxValue ? (long)value : throw Damaged();
        }

        // More items than bytes are left is damage, not a reason to take memory for them.
        public int Count()
        {
            var count = Read();
            return count <= (ulong)bytes.Length ? (int)count : throw Damaged();
        }

        public long Signed() => Unfold(Read());

        public long Value() => Read() is var value && value == 0 ? long.MinValue : Unfold(value - 1);

        public string Text()
        {
            var size = Count();
            var text = Encoding.UTF8.GetString(bytes[..size]);
            bytes = bytes[size..];
            return text;
        }

        private static long Unfold(ulong value) => unchecked((long)(value >> 1) ^ -(long)(value & 1));

        private ulong Read()
        {
            ulong value = 0;
            for (var shift = 0; shift < 70; shift += 7)
            {
                var part = Byte();
                value |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                    return value;
            }

            throw Damaged();
        }

        private static InvalidDataException Damaged() => new("A fraud decision is damaged.");
    }
}
