using System.Text.Json;
using Gateway.Payments;
using Gateway.Problems;

namespace Gateway.Wire;

/// <summary>What a text field may hold beside its length.</summary>
internal enum TextKind : byte
{
    /// <summary>For people: no card number may stand in it.</summary>
    Free = 1,

    /// <summary>The caller's identifier: one number in ten passes for a card's, so it is taken as it is.</summary>
    Identifier = 2,

    /// <summary>What somebody else wrote, to be looked at and kept nowhere: line ends and all.</summary>
    Verbatim = 3,
}

/// <summary>Reads the text fields of a request.</summary>
internal static class TextField
{
    /// <summary>The text at the reader; null where it is refused, and the error says why.</summary>
    public static string? Read(ref Utf8JsonReader reader, ItemPath at, string field, int maxLength, TextKind kind, FieldErrors errors)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            errors.Add(at.Of(field), "must be a string.");
            reader.Skip();
            return null;
        }

        if (Text(ref reader) is not { } text)
        {
            errors.Add(at.Of(field), "is not valid Unicode text.");
            return null;
        }

        return Check(text, at, field, maxLength, kind, errors) ? text : null;
    }

    public static bool Check(string text, ItemPath at, string field, int maxLength, TextKind kind, FieldErrors errors)
    {
        if (text.Length == 0)
            errors.Add(at.Of(field), "must not be empty.");
        else if (text.Length > maxLength && CodePoints(text) > maxLength)
            errors.Add(at.Of(field), $"must have at most {maxLength} characters.");
        else if (kind != TextKind.Verbatim && HasControl(text))
            errors.Add(at.Of(field), "must not contain control characters.");
        else if (kind == TextKind.Free && CardNumber.IsIn(text))
            errors.Add(at.Of(field), "contains a card number.", ProblemCode.CardNumberNotAccepted);
        else
            return true;
        return false;
    }

    /// <summary>The property name or string at the reader; null where its escapes are no Unicode text (a lone surrogate).</summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static int CodePoints(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
            count++;
        return count;
    }

    private static bool HasControl(string text)
    {
        foreach (var character in text)
            if (char.IsControl(character))
                return true;
        return false;
    }
}
