using System.Text.Json;
using System.Threading.Channels;
using Gateway.Keys;
using Gateway.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gateway.Operations;

/// <summary>
/// <c>POST /backups</c>, for administrators: makes a backup on the server's own disk and tells how far it is, a line of JSON at a
/// time. The ledger and its key file never travel, and the caller names no path: a stolen key can make a backup, and neither read
/// nor overwrite anything.
/// </summary>
internal sealed class BackupEndpoint(ApiKeys keys, ILedgerBackups backups)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/backups", Guard.For(keys, Right.Operate, Make));

    private Task<IResult> Make(HttpContext context, Caller caller)
    {
        var query = new QueryParameters(context);
        return Task.FromResult<IResult>(query.Errors.Any ? query.Errors.ToProblem() : new Answer(backups));
    }

    private sealed class Answer(ILedgerBackups backups) : IResult
    {
        private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web);

        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var cancellation = httpContext.RequestAborted;
            var pages = Channel.CreateBounded<BackupPages>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
            var making = Make(pages.Writer, cancellation);
            httpContext.Response.ContentType = "application/x-ndjson";
            await foreach (var progress in pages.Reader.ReadAllAsync(cancellation))
                await Write(httpContext.Response, progress, cancellation);
            try
            {
                await Write(httpContext.Response, await making, cancellation);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BackupRunningException or Ledger.LedgerStoreException)
            {
                // The answer has begun: what went wrong is its last line.
                await Write(httpContext.Response, new { error = exception.Message }, cancellation);
            }
        }

        private async Task<MadeBackup> Make(ChannelWriter<BackupPages> pages, CancellationToken cancellationToken)
        {
            try
            {
                return await backups.Make(new Latest(pages), cancellationToken);
            }
            finally
            {
                pages.Complete();
            }
        }

        private static async Task Write<T>(HttpResponse response, T line, CancellationToken cancellationToken)
        {
            await response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, Form), cancellationToken);
            await response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }

    // A reader that is slower than the copy sees the newest state only.
    private sealed class Latest(ChannelWriter<BackupPages> pages) : IProgress<BackupPages>
    {
        public void Report(BackupPages value) => pages.TryWrite(value);
    }
}
