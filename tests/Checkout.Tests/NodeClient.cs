using System.Diagnostics;
using System.Reflection;

namespace Checkout.Tests;

/// <summary>Node with Stripe's SDK in it: the packages of <c>client/package-lock.json</c>, installed once.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly SemaphoreSlim Installing = new(1);

    public static string Folder { get; } = typeof(NodeClient).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Client").Value!;

    /// <summary>Runs a script to its end: what it said, where it succeeded; a failed test where it did not.</summary>
    public static async Task<string> Run(string script, string url, params (string Name, string Value)[] environment)
    {
        await Install();
        var (code, output) = await Start("node", [Path.Combine(Folder, script), url], environment);
        Assert.True(code == 0, $"{script} ended with {code}:\n{output}");
        return output;
    }

    /// <summary>Compiles a TypeScript file against the SDK's own types.</summary>
    public static async Task Compile(string file)
    {
        await Install();
        var (code, output) = await Start("node", [Path.Combine(Folder, "node_modules", "typescript", "bin", "tsc"), "--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022", file], []);
        Assert.True(code == 0, $"The recorded answers do not fit the SDK's types:\n{output}");
    }

    private static async Task Install()
    {
        await Installing.WaitAsync();
        try
        {
            if (Directory.Exists(Path.Combine(Folder, "node_modules", "stripe")))
                return;
            var (code, output) = await Start("npm", ["ci", "--silent", "--no-audit", "--no-fund"], []);
            Assert.True(code == 0, $"npm ci failed in {Folder}:\n{output}");
        }
        finally
        {
            Installing.Release();
        }
    }

    private static async Task<(int Code, string Output)> Start(string program, string[] arguments, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Folder };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var late = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {arguments[0]} did not end within {Patience}:\n{await output}{await error}");
        }

        return (process.ExitCode, await output + await error);
    }
}
