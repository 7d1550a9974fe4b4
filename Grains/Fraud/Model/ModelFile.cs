using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Fraud.Model;

/// <summary>
/// A model as a file: JSON with its format, a SHA-256 over all the rest, the manifest, the calibration's knots, the steps of the points,
/// and the trees as flat arrays. Whoever reads it gets the model as it was trained, to the bit, or an exception that says why not.
/// </summary>
public static class ModelFile
{
    private const string Unfinished = ".new";
    private const int KnownFormat = 1;
    private const long MaxBytes = 256L << 20;
    private const int MaxNodes = 4_000_000;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new NumbersOnOneLine() },
    };

    public static string NameOf(ModelManifest manifest) => $"fraud-model-{manifest.Version}.json";

    /// <summary>Writes the file under the name of its version; it is there whole or not at all.</summary>
    /// <returns>Its path.</returns>
    public static string Save(string directory, TrainedModel model)
    {
        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, NameOf(model.Manifest));
        using (var file = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write))
        {
            Write(file, model);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + Unfinished, path, overwrite: true);
        return path;
    }

    /// <inheritdoc cref="Read"/>
    public static TrainedModel Load(string path)
    {
        using var file = File.OpenRead(path);
        return Read(file);
    }

    public static void Write(Stream stream, TrainedModel model)
    {
        var body = new Body(
            model.Manifest,
            new Knots(model.Calibration.Micrologits.ToArray(), Wide(model.Calibration.Ppm)),
            Wide(model.Points.FromPpm),
            FlatTrees.Of(model.Trees));
        JsonSerializer.Serialize(stream, new Whole(KnownFormat, HashOf(body), body), Form);
    }

    /// <exception cref="InvalidDataException">It is no model file, of another format, or damaged; the message says which.</exception>
    public static TrainedModel Read(Stream stream)
    {
        try
        {
            if (stream.CanSeek && stream.Length > MaxBytes)
                throw new InvalidDataException($"The model file has {stream.Length:N0} bytes; at most {MaxBytes:N0} are read.");
            using var document = JsonDocument.Parse(stream);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("format", out var format) || !format.TryGetInt32(out var number))
                throw new InvalidDataException("This is no model file: it has no format.");
            if (number != KnownFormat)
                throw new InvalidDataException($"The model file is of format {number}; this release reads {KnownFormat}.");
            var whole = document.RootElement.Deserialize<Whole>(Form)!;
            if (whole.Sha256 != HashOf(whole.Body))
                throw new InvalidDataException("The model file is damaged: its content has another hash than it says.");
            var body = whole.Body;
            return new TrainedModel(
                body.Manifest,
                body.Trees.Ensemble(body.Manifest.Features.Count, MaxNodes),
                new Calibration(body.Calibration.Micrologits, Narrow(body.Calibration.Ppm)),
                new PointsScale(Narrow(body.PointsFromPpm)));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or OverflowException or InvalidOperationException)
        {
            throw new InvalidDataException($"The model file is damaged: {exception.Message}", exception);
        }
    }

    private static string HashOf(Body body) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(body, Form)));

    private static long[] Wide(ReadOnlySpan<int> numbers) => Array.ConvertAll(numbers.ToArray(), static number => (long)number);

    private static int[] Narrow(long[] numbers) => Array.ConvertAll(numbers, static number => (int)number);

    private sealed record Whole(int Format, string Sha256, Body Body);

    private sealed record Body(ModelManifest Manifest, Knots Calibration, long[] PointsFromPpm, FlatTrees Trees);

    private sealed record Knots(long[] Micrologits, long[] Ppm);

    // Thousands of numbers, one a line, are no help to a reader.
    private sealed class NumbersOnOneLine : JsonConverter<long[]>
    {
        public override long[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartArray)
                throw new JsonException("An array of numbers was expected.");
            var numbers = new List<long>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                numbers.Add(reader.GetInt64());
            return [.. numbers];
        }

        public override void Write(Utf8JsonWriter writer, long[] value, JsonSerializerOptions options) =>
            writer.WriteRawValue($"[{string.Join(',', value)}]");
    }
}
