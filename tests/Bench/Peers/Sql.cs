namespace Bench.Peers;

/// <summary>The SQL texts that stand beside their baselines.</summary>
internal static class Sql
{
    public static string Read(string file)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream($"Payments.Bench.Peers.{file}") ?? throw new InvalidOperationException($"{file} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The text of a statement that begins with the comment line <c>-- name</c>, up to the next such line.</summary>
    public static string Read(string file, string name)
    {
        var lines = Read(file).Split('\n');
        var start = Array.IndexOf(lines, $"-- {name}");
        if (start < 0)
            throw new InvalidOperationException($"{file} has no part '-- {name}'.");
        return string.Join('\n', lines.Skip(start + 1).TakeWhile(static line => !line.StartsWith("-- ", StringComparison.Ordinal))).Trim();
    }
}
