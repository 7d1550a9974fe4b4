using System.Globalization;
using System.IO.Compression;
using Grains.Fraud.Features;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Model;

/// <summary>A labelled card payment of a file.</summary>
/// <param name="Amount">Minor units.</param>
/// <param name="Place">The merchant's; null where the file does not say.</param>
public sealed record LabelledCardPayment(string Payment, long TimeMs, string Card, long Amount, string Merchant, PlaceMicrodegrees? Place, bool IsFraud);

/// <summary>
/// Labelled card payments as CSV, plain or (by the name's <c>.gz</c>) packed. Columns, in any order: <c>unix_time</c> (seconds),
/// <c>card</c>, <c>amount_usd</c> (a decimal point, at most two digits after it), <c>merchant</c>, <c>is_fraud</c> (0 or 1), and, where
/// known, <c>payment</c>, <c>merchant_lat</c> and <c>merchant_long</c> (degrees). Others are not looked at.
/// </summary>
public static class CardPaymentsCsv
{
    private const int MaxPayments = 20_000_000;

    /// <summary>All payments of a file, in the order of time; those of one second as they stand in it.</summary>
    /// <exception cref="InvalidDataException">The file is not such a one; the message names the record and the column.</exception>
    public static IReadOnlyList<LabelledCardPayment> ReadFile(string path)
    {
        using var file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(stream);
        return Read(reader);
    }

    /// <inheritdoc cref="ReadFile"/>
    public static IReadOnlyList<LabelledCardPayment> Read(TextReader reader)
    {
        var records = new CsvRecords(reader);
        var (time, card, amount, merchant, label) = (records.Column("unix_time"), records.Column("card"), records.Column("amount_usd"), records.Column("merchant"), records.Column("is_fraud"));
        int? payment = records.Has("payment") ? records.Column("payment") : null;
        (int Latitude, int Longitude)? place = records.Has("merchant_lat") && records.Has("merchant_long") ? (records.Column("merchant_lat"), records.Column("merchant_long")) : null;
        var payments = new List<LabelledCardPayment>();
        while (records.Next())
        {
            if (payments.Count == MaxPayments)
                throw new InvalidDataException($"The CSV file has more than {MaxPayments:N0} payments.");
            payments.Add(new LabelledCardPayment(
                payment is { } id ? records[id] : records.Record.ToString(CultureInfo.InvariantCulture),
                Seconds(records, time) * 1_000,
                Words(records, card, "card"),
                Amount(records, amount),
                Words(records, merchant, "merchant"),
                place is { } at ? Place(records, at.Latitude, at.Longitude) : null,
                IsFraud(records, label)));
        }

        return [.. payments.OrderBy(static paid => paid.TimeMs)];
    }

    private static long Seconds(CsvRecords records, int column) =>
        long.TryParse(records[column], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? seconds
            : throw Wrong(records, "unix_time", records[column], "whole seconds since 1970");

    private static long Amount(CsvRecords records, int column) =>
        decimal.TryParse(records[column], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount * 100 % 1 == 0 && amount * 100 <= Money.MaxPaymentMinorUnits
            ? (long)(amount * 100)
            : throw Wrong(records, "amount_usd", records[column], "an amount with at most two digits after the point");

    private static string Words(CsvRecords records, int column, string name) =>
        string.IsNullOrWhiteSpace(records[column]) ? throw Wrong(records, name, records[column], "a name") : records[column];

    private static bool IsFraud(CsvRecords records, int column) => records[column] switch
    {
        "0" => false,
        "1" => true,
        var other => throw Wrong(records, "is_fraud", other, "0 or 1"),
    };

    private static PlaceMicrodegrees? Place(CsvRecords records, int latitude, int longitude)
    {
        if (records[latitude].Length == 0 && records[longitude].Length == 0)
            return null;
        return new PlaceMicrodegrees(Microdegrees(records, latitude, "merchant_lat", 90), Microdegrees(records, longitude, "merchant_long", 180));
    }

    private static int Microdegrees(CsvRecords records, int column, string name, int most) =>
        decimal.TryParse(records[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var degrees) && Math.Abs(degrees) <= most
            ? (int)Math.Round(degrees * 1_000_000, MidpointRounding.AwayFromZero)
            : throw Wrong(records, name, records[column], $"degrees up to {most}");

    private static InvalidDataException Wrong(CsvRecords records, string column, string value, string wanted) =>
        new($"Record {records.Record} of the CSV file says '{value}' in the column '{column}', which is not {wanted}.");
}
