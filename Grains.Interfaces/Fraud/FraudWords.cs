using System.Text.Json;

namespace Grains.Interfaces.Fraud;

/// <summary>What fraud's enums are called outside: snake_case, <c>confirmed_fraud</c>.</summary>
public static class FraudWords
{
    public static string Word<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
