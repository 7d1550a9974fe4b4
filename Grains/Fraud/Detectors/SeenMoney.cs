using Grains.Fraud.Features;

namespace Grains.Fraud.Detectors;

/// <summary>A payment in a window.</summary>
/// <param name="Id">The row's.</param>
/// <param name="Other">The account on the other side.</param>
internal readonly record struct SeenMoney(long Id, long TimeMs, long Other, long Amount, SeenReference Reference) : ITimed;
