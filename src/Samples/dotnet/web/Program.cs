// Two models behind a minimal API: POST /digit takes 784 grey values, POST /gesture 42 coordinates as JSON; GET /health runs both.
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Web;

var builder = WebApplication.CreateBuilder(args);
// One object of each for all requests: any number of threads may run it, and a run allocates nothing.
builder.Services.AddSingleton<Digits>().AddSingleton<Gestures>();
builder.Services.AddHealthChecks().AddCheck<ModelsCheck>("models");
var app = builder.Build();

app.MapPost("/digit", async (HttpRequest request, Digits digits, CancellationToken cancellation) =>
{
    var (grey, image, scores) = (new byte[Digits.Input3Length], new float[Digits.Input3Length], new float[Digits.Plus214Output0Length]);
    try { await request.Body.ReadExactlyAsync(grey, cancellation); }
    catch (EndOfStreamException) { return Results.BadRequest($"{grey.Length} grey values, a byte each"); }
    for (var i = 0; i < grey.Length; i++) image[i] = grey[i];
    digits.Run(image, scores, cancellation);
    return Results.Ok(new { digit = Array.IndexOf(scores, scores.Max()) });
});

app.MapPost("/gesture", (float[] points, Gestures gestures) =>
{
    if (points.Length != Gestures.InputLength) return Results.BadRequest($"{Gestures.InputLength} numbers");
    var ids = new long[Gestures.ClassIdsLength];
    gestures.Run(points, ids);
    return Results.Ok(new { gesture = ids[0] });
});

app.MapHealthChecks("/health");
app.Run();

/// <summary>Healthy where both models run.</summary>
internal sealed class ModelsCheck(Digits digits, Gestures gestures) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        digits.Run(new float[Digits.Input3Length], new float[Digits.Plus214Output0Length], cancellationToken);
        gestures.Run(new float[Gestures.InputLength], new long[Gestures.ClassIdsLength], cancellationToken);
        return Task.FromResult(HealthCheckResult.Healthy($"{digits.Model.Contract.Name} and {gestures.Model.Contract.Name} run"));
    }
}
