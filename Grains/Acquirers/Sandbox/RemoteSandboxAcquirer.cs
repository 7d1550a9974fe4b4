using System.Net;
using System.Net.Http.Json;
using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>The sandbox acquirer as a process of its own, over HTTP: <c>POST /operations</c>, <c>GET /operations/{key}</c>.</summary>
public sealed class RemoteSandboxAcquirer(Uri url) : IAcquirer, IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };

    public string Name => SandboxAcquirer.AcquirerName;

    public Task<AcquirerCard> Describe(CardEntry entry, CancellationToken cancellationToken) => Task.FromResult(SandboxDescription.Of(entry));

    public TestCard? TestCard(string name) => SandboxCards.OfName(name) is { } card ? new TestCard(card.Number, card.IsOfAddress) : null;

    public async Task<AcquirerAnswer> Submit(AcquirerRequest request, CancellationToken cancellationToken)
    {
        using var response = await Ask(() => client.PostAsJsonAsync("/operations", request, BookJson.Default.AcquirerRequest, cancellationToken));
        return await Read(response, cancellationToken) ?? throw new AcquirerSilentException("The acquirer answered nothing.");
    }

    public async Task<AcquirerAnswer?> Find(AcquirerRequest request, CancellationToken cancellationToken)
    {
        using var response = await Ask(() => client.GetAsync("/operations/" + Uri.EscapeDataString(request.Key), cancellationToken));
        return response.StatusCode == HttpStatusCode.NotFound ? null : await Read(response, cancellationToken);
    }

    public void Dispose() => client.Dispose();

    private static async Task<AcquirerAnswer?> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new AcquirerSilentException($"The acquirer answered {(int)response.StatusCode}.");
        return await Ask(() => response.Content.ReadFromJsonAsync(BookJson.Default.AcquirerAnswer, cancellationToken));
    }

    private static async Task<T> Ask<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new AcquirerSilentException("The acquirer could not be reached, or broke off.", exception);
        }
    }
}
