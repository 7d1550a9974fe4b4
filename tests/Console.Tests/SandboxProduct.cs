namespace Console.Tests;

/// <summary>One product for tests that do not mind each other's payments.</summary>
public sealed class SandboxProduct : IAsyncLifetime, IDisposable
{
    private ProductProcess? product;
    private BankClient? bank;

    internal string Url => product!.Url;

    internal string Models => product!.Models;

    internal BankClient Bank => bank!;

    public async Task InitializeAsync()
    {
        product = await ProductProcess.Start();
        bank = new BankClient(product.Url);
    }

    public async Task DisposeAsync()
    {
        if (product is not null)
            await product.DisposeAsync();
    }

    public void Dispose() => bank?.Dispose();
}
