using System.Globalization;
using System.Text.Json;

namespace Crash;

/// <summary>Amounts of the wire in a currency of two decimals, exactly.</summary>
internal static class Cents
{
    public static long Of(string amount)
    {
        Assert.Matches(@"^-?\d+\.\d\d$", amount);
        return long.Parse(amount.Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    public static long Of(JsonElement json, string property) => Of(json.GetProperty(property).GetString()!);

    public static string Text(long cents) => $"{cents / 100}.{cents % 100:00}";
}
