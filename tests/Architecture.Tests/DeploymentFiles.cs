using System.Text.RegularExpressions;

namespace Architecture.Tests;

/// <summary>What deploys the product names files, options and settings that are there.</summary>
public sealed partial class DeploymentFiles
{
    private const string Assembly = "Payments.Silo.Embedded.dll";

    private static readonly string Dockerfile = Read("deploy/Dockerfile");
    private static readonly string Compose = Read("deploy/docker-compose.yml");
    private static readonly string Unit = Read("deploy/payments.service");

    [Fact]
    public void The_image_copies_what_is_there()
    {
        var copied = Copies().Matches(Dockerfile).SelectMany(static copy => copy.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]).ToList();
        Assert.NotEmpty(copied);
        Assert.All(copied, static path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        var product = Repository.Products["Silo/Embedded"];
        Assert.All(product.References.Append(product.Folder), folder => Assert.Contains(copied, path => folder == path));
    }

    [Fact]
    public void What_the_image_needs_is_not_kept_from_it()
    {
        var ignored = Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var copied = Copies().Matches(Dockerfile).SelectMany(static copy => copy.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..^1]);
        Assert.DoesNotContain(copied, path => ignored.Contains(path.Split('/')[0]) || ignored.Contains($"**/{path.Split('/')[^1]}"));
        Assert.Contains(".git", ignored);
    }

    [Fact]
    public void The_image_has_stages_and_runs_compiled_ahead_and_without_privileges()
    {
        Assert.True(Stages().Count(Dockerfile) >= 2, "One stage carries the build's tools to production.");
        var last = Dockerfile[Stages().Matches(Dockerfile)[^1].Index..];
        Assert.Matches(@"(?m)^USER \$APP_UID$", last);
        Assert.True(last.IndexOf("\nUSER ", StringComparison.Ordinal) < last.IndexOf("\nENTRYPOINT ", StringComparison.Ordinal));
        Assert.DoesNotMatch(@"(?m)^FROM \S+:latest", Dockerfile);
        Assert.Contains("-p:PublishReadyToRun=true", Dockerfile, StringComparison.Ordinal);
        Assert.All(new[] { Dockerfile, Unit }, static text => Assert.Contains(Assembly, text, StringComparison.Ordinal));
    }

    [Fact]
    public void All_three_start_alike()
    {
        var young = YoungGeneration().Match(Read("run")).Groups[1].Value;
        Assert.NotEmpty(young);
        Assert.All(new[] { Dockerfile, Unit }, text =>
        {
            Assert.Contains($"DOTNET_GCgen0size={young}", text, StringComparison.Ordinal);
            Assert.Contains("ASPNETCORE_ENVIRONMENT=Production", text, StringComparison.Ordinal);
        });
        var options = Repository.Sources.Where(static source => source.Path.StartsWith("Silo/Embedded/Commands/", StringComparison.Ordinal)).SelectMany(static source => Options().Matches(source.Text)).Select(static option => option.Value.Trim('"')).ToHashSet();
        var used = new[] { CommandLine().Match(Dockerfile).Value, ExecStart().Match(Unit).Value }.SelectMany(static line => UsedOptions().Matches(line)).Select(static option => option.Value).ToHashSet();
        Assert.Equal(["--data", "--urls"], used.Order());
        Assert.Empty(used.Except(options));
    }

    [Fact]
    public void The_composition_builds_the_image_and_keeps_the_ledger_of_its_data_directory()
    {
        var data = Volume().Match(Dockerfile).Groups[1].Value;
        Assert.Contains($"- ledger:{data}", Compose, StringComparison.Ordinal);
        Assert.Contains("dockerfile: deploy/Dockerfile", Compose, StringComparison.Ordinal);
        Assert.Contains($"\"{data}\"", Dockerfile, StringComparison.Ordinal);
        // Loopback of its host only: whoever opens it further puts TLS in front.
        Assert.Contains("127.0.0.1:8080:8080", Compose, StringComparison.Ordinal);
        Assert.Contains("LedgerOptions", string.Join(' ', Repository.Sources.SelectMany(static source => source.Types)), StringComparison.Ordinal);
        Assert.All(Settings().Matches(Compose), static setting => Assert.Contains(Repository.Sources, source =>
            source.Path == $"{setting.Groups[1].Value}/{setting.Groups[1].Value}Options.cs" && source.Text.Contains($" {setting.Groups[2].Value} {{", StringComparison.Ordinal)));
        Assert.NotEmpty(Settings().Matches(Compose));
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    [GeneratedRegex(@"^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Copies();

    [GeneratedRegex("^FROM ", RegexOptions.Multiline)]
    private static partial Regex Stages();

    [GeneratedRegex(@"DOTNET_GCgen0size:-(\w+)")]
    private static partial Regex YoungGeneration();

    [GeneratedRegex("\"--[a-z-]+\"")]
    private static partial Regex Options();

    [GeneratedRegex("--[a-z-]+")]
    private static partial Regex UsedOptions();

    [GeneratedRegex(@"^CMD .+$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"^ExecStart=.+$", RegexOptions.Multiline)]
    private static partial Regex ExecStart();

    [GeneratedRegex(@"^VOLUME (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Volume();

    [GeneratedRegex(@"Payments__(\w+?)__(\w+):")]
    private static partial Regex Settings();
}
