using Bench.Engine;
using Bench.Http;
using Bench.Peers;

namespace Bench;

/// <summary>What the contenders of one run share.</summary>
/// <param name="Postgres">Null where PostgreSQL is not installed.</param>
internal sealed record BenchContext(BenchScale Scale, ScratchDirectory Scratch, EngineHosts Hosts, HttpHosts Http, PostgresHost? Postgres);
