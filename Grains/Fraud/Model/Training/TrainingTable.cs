using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Grains.Fraud.Model.Training;

/// <summary>Labelled payments as the model learns from them: one row a payment, in the order of time.</summary>
/// <param name="columns">The features' names, snake_case, in the order of a row's values; none twice.</param>
public sealed class TrainingTable(IReadOnlyList<string> columns)
{
    private readonly List<long> values = [];
    private readonly List<bool> labels = [];
    private readonly List<long> times = [];
    private readonly List<long> labelsKnown = [];

    public IReadOnlyList<string> Columns { get; } = columns.Distinct().Count() == columns.Count ? columns : throw new ArgumentException("A column stands twice.", nameof(columns));

    public int Rows => labels.Count;

    /// <param name="row">A value for each column; <see cref="FeatureVector.Missing"/> where it is not known.</param>
    /// <param name="timeMs">When the payment was decided on; not before the row before.</param>
    /// <param name="labelKnownMs">When it came to be known what the payment was; not before it.</param>
    /// <exception cref="ArgumentException">Another number of values, or out of time's order.</exception>
    public void Add(ReadOnlySpan<long> row, bool isFraud, long timeMs, long labelKnownMs)
    {
        if (row.Length != Columns.Count)
            throw new ArgumentException($"A row has {row.Length} values, not {Columns.Count}.", nameof(row));
        if (Rows > 0 && timeMs < times[^1])
            throw new ArgumentException($"The row at {timeMs} ms comes after one at {times[^1]} ms.", nameof(timeMs));
        if (labelKnownMs < timeMs)
            throw new ArgumentException($"A label is known at {labelKnownMs} ms, before its payment at {timeMs} ms.", nameof(labelKnownMs));
        values.AddRange(row);
        labels.Add(isFraud);
        times.Add(timeMs);
        labelsKnown.Add(labelKnownMs);
    }

    public ReadOnlySpan<long> Row(int row) => CollectionsMarshal.AsSpan(values).Slice(row * Columns.Count, Columns.Count);

    public bool IsFraud(int row) => labels[row];

    public long TimeMs(int row) => times[row];

    public long LabelKnownMs(int row) => labelsKnown[row];

    /// <summary>How many of the rows are fraud.</summary>
    public int Positives(ReadOnlySpan<int> rows)
    {
        var positives = 0;
        foreach (var row in rows)
            positives += labels[row] ? 1 : 0;
        return positives;
    }

    /// <summary>
    /// SHA-256 in hexadecimal digits over the columns' names (UTF-8, a line feed after each), then the rows in the order given: time,
    /// label (0 or 1) and values, each as eight bytes, the lowest first.
    /// </summary>
    public string Hash(ReadOnlySpan<int> rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var column in Columns)
            hash.AppendData(Encoding.UTF8.GetBytes(column + "\n"));
        var bytes = new byte[(Columns.Count + 2) * sizeof(long)];
        foreach (var row in rows)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes, times[row]);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long)), labels[row] ? 1 : 0);
            var place = 2 * sizeof(long);
            foreach (var value in Row(row))
            {
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(place), value);
                place += sizeof(long);
            }

            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
