using System.Globalization;
using System.Text.Json;
using Grains.Interfaces.Values;

namespace Gateway.Wire;

/// <summary>How the values of the field look in JSON: RFC 3339 times with three decimals, amounts as decimal strings.</summary>
internal static class JsonForms
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    public const int TimeLength = 24;

    [ThreadStatic]
    private static LastTime? lastTime;

    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    public static void WriteTime(this Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[TimeLength];
        FormatTime(time, text);
        json.WriteString(name, text);
    }

    public static void WriteTime(this Utf8JsonWriter json, JsonEncodedText name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[TimeLength];
        FormatTime(time, text);
        json.WriteString(name, text);
    }

    /// <summary>Writes <see cref="TimeLength"/> bytes.</summary>
    public static void FormatTime(DateTimeOffset time, Span<byte> text)
    {
        // The payments of a batch have a few milliseconds between them.
        var last = lastTime ??= new LastTime();
        var ms = time.ToUnixTimeMilliseconds();
        if (last.Ms != ms)
        {
            Format(time, last.Text);
            last.Ms = ms;
        }

        last.Text.CopyTo(text);
    }

    private static void Format(DateTimeOffset time, Span<byte> text)
    {
        if (!time.UtcDateTime.TryFormat(text, out _, "s", CultureInfo.InvariantCulture))
            throw new InvalidOperationException("A time has another length than it has.");
        // A format of our own would cost ten times as much; the milliseconds are the one thing that "s" lacks.
        var milliseconds = time.Millisecond;
        text[19] = (byte)'.';
        text[20] = (byte)('0' + (milliseconds / 100));
        text[21] = (byte)('0' + (milliseconds / 10 % 10));
        text[22] = (byte)('0' + (milliseconds % 10));
        text[23] = (byte)'Z';
    }

    public static void WriteTime(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long timeMs) =>
        json.WriteTime(name, DateTimeOffset.FromUnixTimeMilliseconds(timeMs));

    public static void WriteAmount(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Money money)
    {
        Span<char> text = stackalloc char[24];
        json.WriteString(name, text[..money.FormatDecimal(text)]);
    }

    public static void WriteAmount(this Utf8JsonWriter json, JsonEncodedText name, Money money)
    {
        Span<char> text = stackalloc char[24];
        json.WriteString(name, text[..money.FormatDecimal(text)]);
    }

    public static void WriteAmount(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long minorUnits, Currency currency) =>
        json.WriteAmount(name, new Money(minorUnits, currency));

    /// <summary>Sums over many accounts may pass 64 bits.</summary>
    public static string Decimal(Int128 minorUnits, Currency currency)
    {
        var digits = Int128.Abs(minorUnits).ToString(CultureInfo.InvariantCulture).PadLeft(currency.MinorDigits + 1, '0');
        var sign = minorUnits < 0 ? "-" : "";
        return currency.MinorDigits == 0 ? sign + digits : $"{sign}{digits[..^currency.MinorDigits]}.{digits[^currency.MinorDigits..]}";
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>RFC 3339, with any offset.</summary>
    public static bool TryReadTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
        && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal));

    private sealed class LastTime
    {
        public long Ms { get; set; } = long.MinValue;

        public byte[] Text { get; } = new byte[TimeLength];
    }
}
