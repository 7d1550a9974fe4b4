using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Crash;

/// <summary>A sandbox that does nothing is small: with the settings of the script that starts it, its thousand accounts made.</summary>
public sealed partial class IdleMemoryTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const long MaxResidentBytes = 150_000_000;

    [Fact]
    public async Task Idle_it_needs_less_than_150_MB()
    {
        using var data = new DataDirectory();
        var settings = Settings().Matches(await File.ReadAllTextAsync(Script)).ToDictionary(static setting => setting.Groups[1].Value, static setting => setting.Groups[2].Value);
        Assert.Contains("DOTNET_GCgen0size", settings);
        await using var product = await PaymentsProcess.Start(new ProductOptions { Data = data.Path, Environment = settings });
        Expect(product, "as it was ready");
        using var bank = new BankClient(product.Address);
        Assert.Equal(HttpStatusCode.Created, (await bank.Post("payments", """{"amount":"1.00","currency":"USD","debtorAccount":"123456789","creditorAccount":"987654321"}""", "first")).Status);
        Assert.Equal(HttpStatusCode.OK, (await bank.Get("payments")).Status);
        Expect(product, "after its first payment and page");
    }

    private static string Script => Path.GetFullPath(typeof(IdleMemoryTests).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(static data => data.Key == "Script").Value!);

    private void Expect(PaymentsProcess product, string when)
    {
        log.WriteLine($"{product.ResidentBytes / 1_000_000} MB resident {when}.");
        Assert.InRange(product.ResidentBytes, 1, MaxResidentBytes);
    }

    /// <summary>What the script sets for the product, unless its caller set it.</summary>
    [GeneratedRegex(@"\b(DOTNET_\w+)=\$\{\1:-(\w+)\}")]
    private static partial Regex Settings();
}
