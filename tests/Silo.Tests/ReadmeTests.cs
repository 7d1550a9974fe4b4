using System.Diagnostics;
using System.Text.RegularExpressions;
using Silo.Tests.Commands;

namespace Silo.Tests;

/// <summary>README's first screen, pasted line by line into a shell beside a fresh server, answers what README shows.</summary>
public sealed partial class ReadmeTests(SandboxServer server) : IClassFixture<SandboxServer>
{
    private const string Address = "http://127.0.0.1:8080";

    private static string Root { get; } = FindRoot();

    private static string Readme { get; } = File.ReadAllText(Path.Combine(Root, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public async Task Its_commands_answer_what_it_shows()
    {
        var blocks = Blocks().Matches(Readme).Select(static block => (Language: block.Groups[1].Value, Text: block.Groups[2].Value)).ToList();
        var ran = 0;
        string? first = null;
        foreach (var (command, answer) in blocks.Zip(blocks.Skip(1).Append(default)))
        {
            // The block that starts it is what the fixture did.
            if (command.Language != "sh" || command.Text.StartsWith("./run", StringComparison.Ordinal))
                continue;
            Assert.Equal("json", answer.Language);
            var (body, _) = await Paste(command.Text);
            Assert.Equal(WithoutChance(answer.Text.TrimEnd('\n')), WithoutChance(body));
            ran++;
            if (first is not null)
                continue;

            // "Send it again: the same bytes, with `Idempotent-Replayed: true`".
            first = body;
            var (again, headers) = await Paste(command.Text);
            Assert.Equal(first, again);
            Assert.Contains("\nIdempotent-Replayed: true\r\n", headers, StringComparison.OrdinalIgnoreCase);
        }

        Assert.True(ran >= 2, $"README has only {ran} commands with an answer.");
        var (ofBanner, _) = await Paste(await server.FirstCommand());
        Assert.Equal(first, ofBanner);
    }

    [Fact]
    public void The_scripts_that_start_and_test_it_are_there_to_be_run()
    {
        foreach (var script in Scripts().Matches(Readme).Select(static script => script.Groups[1].Value).Distinct())
            Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(Path.Combine(Root, script)).HasFlag(UnixFileMode.UserExecute), $"{script} cannot be run.");
    }

    [Fact]
    public void Its_links_lead_somewhere()
    {
        var links = Links().Matches(Readme).Select(static link => link.Groups[1].Value).Where(static link => !link.Contains("://", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, static link => Assert.True(Path.Exists(Path.Combine(Root, link)), link));
    }

    /// <summary>What a shell makes of it, with this server's address in the place of the one that everybody has.</summary>
    private async Task<(string Body, string Headers)> Paste(string commands)
    {
        Assert.Contains("curl -s ", commands, StringComparison.Ordinal);
        var headers = Path.Combine(server.Data, "headers");
        var typed = commands.Replace(Address, server.Url, StringComparison.Ordinal).Replace("curl -s ", $"curl -s -D '{headers}' ", StringComparison.Ordinal);
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", typed]) { RedirectStandardOutput = true })!;
        var body = await shell.StandardOutput.ReadToEndAsync();
        await shell.WaitForExitAsync();
        Assert.Equal(0, shell.ExitCode);
        return (body, await File.ReadAllTextAsync(headers));
    }

    /// <summary>Ids and times are another's every time.</summary>
    private static string WithoutChance(string text) => Time().Replace(Uuid().Replace(PaymentId().Replace(text, "PAYMENT"), "UETR"), "TIME");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Payments.sln")))
                return folder.FullName;
        throw new InvalidOperationException("No Payments.sln above the test's folder.");
    }

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^\./(\w+)", RegexOptions.Multiline)]
    private static partial Regex Scripts();

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Links();

    [GeneratedRegex("pay_[0-9a-z]{26}")]
    private static partial Regex PaymentId();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")]
    private static partial Regex Uuid();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")]
    private static partial Regex Time();
}
