using System.Diagnostics;

namespace Architecture.Tests;

/// <summary>When <c>./test cluster</c> is skipped: the script's own function, asked of what a restore says.</summary>
public sealed class ClusterSkipTests
{
    private const string Project = "/src/tests/Cluster.Tests/Cluster.Tests.csproj";

    [Theory]
    [InlineData(true, "error NU1101: Unable to find package Microsoft.Orleans.Server. No packages exist with this id in source(s): local")]
    [InlineData(true, "error NU1102: Unable to find package Microsoft.Orleans.Sdk with version (>= 10.4.2)")]
    [InlineData(true, "error NU1100: Unable to resolve 'Microsoft.Orleans.Server (>= 10.4.2)' for 'net10.0'.")]
    [InlineData(true, "error NU1301: Unable to load the service index for source https://packages.example/index.json.")]
    [InlineData(false, "error NU1004: The packages lock file is inconsistent with the project dependencies so restore can't be run in locked mode.")]
    [InlineData(false, "error NU1403: Package content hash validation failed for Microsoft.Orleans.Server.10.4.2.")]
    [InlineData(false, "error NU1202: Package Some.Package 1.0.0 is not compatible with net10.0.")]
    [InlineData(false, "error MSB4025: The project file could not be loaded.")]
    public async Task Only_packages_that_are_not_to_be_had_are_a_reason(bool isSkipped, string error)
    {
        var (code, said) = await Ask($"{Project} : {error} [{Project}]\n{Project} : warning NU1900: nothing [{Project}]\n");
        Assert.Equal(isSkipped, code == 0);
        Assert.Equal(isSkipped ? error : "", said.Trim());
    }

    [Fact]
    public async Task A_lock_file_that_is_wrong_is_a_failure_whatever_else_is_missing() =>
        Assert.NotEqual(0, (await Ask($"{Project} : error NU1101: Unable to find package A. [{Project}]\n{Project} : error NU1004: The packages lock file is inconsistent. [{Project}]\n")).Code);

    private static async Task<(int Code, string Said)> Ask(string restoreLog)
    {
        var log = Path.GetTempFileName();
        await File.WriteAllTextAsync(log, restoreLog);
        try
        {
            var start = new ProcessStartInfo("bash", ["-c", """set -uo pipefail; eval "$(sed -n '/^not_to_be_had()/,/^}/p' "$1")"; not_to_be_had "$2" """, "bash", Path.Combine(Repository.Root, "test"), log]) { RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            var said = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, said);
        }
        finally
        {
            File.Delete(log);
        }
    }
}
