using System.Text.Json;
using Gateway.Problems;

namespace Gateway.Wire;

/// <summary>What is said of JSON that cannot be read, without repeating any of it.</summary>
internal static class JsonFault
{
    /// <summary>Levels of nesting that are read.</summary>
    public const int MaxDepth = 32;

    public static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    public static Problem Of(JsonException exception) => new(ProblemCode.MalformedJson, Sentence(exception));

    public static Problem Empty { get; } = new(ProblemCode.MalformedJson, "The body is empty.");

    public static Problem NotAnObject { get; } = new(ProblemCode.MalformedJson, "The body is not a JSON object.");

    public static Problem NotAnArray { get; } = new(ProblemCode.MalformedJson, "The body is not a JSON array.");

    private static string Sentence(JsonException exception) =>
        exception.LineNumber is { } line
            ? $"The body is not valid JSON, or nested deeper than {MaxDepth} levels: reading stopped at line {line + 1}, byte {(exception.BytePositionInLine ?? 0) + 1}."
            : "The body is not valid JSON.";
}
