using Grains.Acquirers;
using Grains.Acquirers.Sandbox;
using Grains.Interfaces.Checkout;

namespace Checkout.Tests;

/// <summary>What the sandbox's book has of a request.</summary>
public sealed class SandboxBookTests : IDisposable
{
    private readonly string path = Path.GetTempFileName();

    [Fact]
    public void Where_a_cardholder_comes_back_to_is_not_in_the_book_and_makes_no_other_operation()
    {
        var request = new AcquirerRequest("pi_1:1", AcquirerOperation.Authorize, 2_000, "usd", "visa", null, true, false, false, false, false) { ReturnUrl = "https://shop.example/checkout/challenge/pi_1_secret_2/return" };
        AcquirerAnswer first;
        using (var book = new SandboxBook(path))
        {
            first = book.Do(request);
            Assert.Equal(first, book.Do(request));
        }

        Assert.Contains("pi_1:1", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.DoesNotContain("_secret_", File.ReadAllText(path), StringComparison.Ordinal);
        using var again = new SandboxBook(path);
        Assert.Equal(first, again.Do(request));
        Assert.Throws<InvalidOperationException>(() => again.Do(request with { Amount = 1 }));
    }

    public void Dispose() => File.Delete(path);
}
