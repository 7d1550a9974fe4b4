using System.Text.Json;
using Grains.Interfaces.Values;

namespace Grains.Tests.Values;

public sealed class ReasonTests
{
    [Fact]
    public void Every_reason_is_in_the_ISO_code_set()
    {
        var path = Path.Combine(RepositoryRoot(), "..", "shared", "material", "iso20022", "codes", "external_status_reason_code.json");
        if (!File.Exists(path))
            path = null;
        // The codes that our reasons use, as published; the whole set is read where it lies beside the repository.
        HashSet<string> known = path is null
            ? ["AC05", "AC06", "AC07", "AM02", "AM04", "AM14"]
            : [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("codes").EnumerateObject().Select(static code => code.Name)];
        Assert.All(Enum.GetValues<Reason>(), reason => Assert.Contains(reason.Code(), known));
    }

    [Theory]
    [InlineData(Reason.InsufficientFunds, "AM04", Retry.Later)]
    [InlineData(Reason.ClosedDebtorAccount, "AC05", Retry.Never)]
    [InlineData(Reason.ClosedCreditorAccount, "AC07", Retry.Never)]
    [InlineData(Reason.BlockedAccount, "AC06", Retry.Later)]
    [InlineData(Reason.NotAllowedAmount, "AM02", Retry.Corrected)]
    [InlineData(Reason.AmountExceedsAgreedLimit, "AM14", Retry.Later)]
    public void A_reason_says_when_to_try_again(Reason reason, string code, Retry retry)
    {
        Assert.Equal(code, reason.Code());
        Assert.Equal(retry, reason.Retry());
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Payments.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("Payments.sln was not found above the tests.");
        return directory.FullName;
    }
}
