namespace Gateway.Payments;

/// <summary>An ABA routing transit number: nine digits whose weighted sum (3, 7, 1) is a multiple of ten.</summary>
internal static class RoutingNumber
{
    private static ReadOnlySpan<byte> Weights => [3, 7, 1, 3, 7, 1, 3, 7, 1];

    public static bool IsValid(string text)
    {
        if (text.Length != 9)
            return false;
        var sum = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
                return false;
            sum += (text[i] - '0') * Weights[i];
        }

        return sum % 10 == 0;
    }
}
