using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Checkout.Tests;

/// <summary>The product as a process of its own, on a free port and in a data directory of its own; both go away with it.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string[] arguments;
    private readonly (string Name, string Value)[] environment;
    private readonly string readyPath;
    private readonly StringBuilder said = new();
    private readonly HttpClient health = new();
    private Process? process;

    private ProductProcess(int port, string readyPath, string[] arguments, (string, string)[] environment)
    {
        (this.readyPath, this.arguments, this.environment) = (readyPath, arguments, environment);
        Url = $"http://127.0.0.1:{port}";
    }

    public string Url { get; }

    public string Data { get; } = Directory.CreateTempSubdirectory("payments-checkout-").FullName;

    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    public static Task<ProductProcess> Start(params (string Name, string Value)[] environment) => Start(FreePort(), environment);

    /// <summary>On a port that somebody was told before.</summary>
    public static Task<ProductProcess> Start(int port, params (string Name, string Value)[] environment) => Start(port, "/health/ready", [], environment);

    /// <summary>The sandbox acquirer as a process of its own, with its own book.</summary>
    public static Task<ProductProcess> StartAcquirer(params string[] options) => Start(FreePort(), "/book", ["acquirer", .. options], []);

    /// <summary>SIGKILL: it says goodbye to nobody.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async Task StartAgain()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[Path.Combine(AppContext.BaseDirectory, "Payments.Silo.Embedded.dll"), .. arguments, "--urls", Url, "--data", Data])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await UntilReady();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await Kill();
        health.Dispose();
        Directory.Delete(Data, recursive: true);
    }

    private static async Task<ProductProcess> Start(int port, string readyPath, string[] arguments, (string, string)[] environment)
    {
        var product = new ProductProcess(port, readyPath, arguments, environment);
        await product.StartAgain();
        return product;
    }

    private async Task UntilReady()
    {
        var started = Stopwatch.GetTimestamp();
        var missing = "it does not listen yet";
        while (Stopwatch.GetElapsedTime(started) < Patience)
        {
            Assert.False(process!.HasExited, $"The product ended by itself:\n{Said}");
            try
            {
                using var answer = await health.GetAsync(new Uri(Url + readyPath));
                if (answer.StatusCode == HttpStatusCode.OK)
                    return;
                missing = await answer.Content.ReadAsStringAsync();
            }
            catch (HttpRequestException refused)
            {
                missing = refused.Message;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"The product was not ready within {Patience.TotalSeconds} s: {missing}\n{Said}");
    }

    private void Keep(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
