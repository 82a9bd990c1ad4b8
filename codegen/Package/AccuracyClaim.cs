using Lathe.Ir;

namespace Lathe.Codegen.Package;

/// <summary>How well an artifact did on data when it was compiled, as its contract says it; <c>lathe verify-artifact</c> measures it again.</summary>
/// <param name="Metric">As <c>lathe eval</c> names it.</param>
/// <param name="Value">The artifact's.</param>
/// <param name="Uncompressed">That of the same model with no weight changed.</param>
/// <param name="Items">How many were judged.</param>
/// <param name="Protocol">How, in the options of <c>lathe eval</c>.</param>
/// <param name="Hash">SHA-256 of the protocol and of all data.</param>
public sealed record AccuracyClaim(string Metric, double Value, double Uncompressed, int Items, Seq<string> Protocol, string Hash);
