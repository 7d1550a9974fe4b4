using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Console.Tests;

/// <summary>The product itself, as a process of its own on a free port and a data directory of its own; both go away with it.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(3);

    private readonly string data = Directory.CreateTempSubdirectory("payments-console-").FullName;
    private readonly StringBuilder said = new();
    private readonly HttpClient health = new();
    private Process? process;

    private ProductProcess(int port) => Url = $"http://127.0.0.1:{port}";

    public string Url { get; }

    /// <summary>Where it looks for fraud models.</summary>
    public string Models => Path.Combine(data, "models");

    public static async Task<ProductProcess> Start()
    {
        var product = new ProductProcess(FreePort());
        await product.StartAgain();
        return product;
    }

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
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Payments.Silo.Embedded.dll"), "--urls", Url, "--data", data },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
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
        Directory.Delete(data, recursive: true);
    }

    private async Task UntilReady()
    {
        var started = Stopwatch.GetTimestamp();
        var missing = "it does not listen yet";
        while (Stopwatch.GetElapsedTime(started) < StartTimeout)
        {
            Assert.False(process!.HasExited, $"The product ended by itself:\n{Said()}");
            try
            {
                using var answer = await health.GetAsync(new Uri(Url + "/health/ready"));
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

        Assert.Fail($"The product was not ready within {StartTimeout.TotalSeconds} s: {missing}\n{Said()}");
    }

    private void Keep(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }

    private string Said()
    {
        lock (said)
            return said.ToString();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
