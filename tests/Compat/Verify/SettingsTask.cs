using System.Runtime.CompilerServices;
using System.Text;

namespace VerifyTests;

/// <summary>A comparison that starts when it is awaited, so that settings can be chained before.</summary>
public sealed class SettingsTask(VerifySettings? settings, Func<VerifySettings, Task<VerifyResult>> build)
{
    private Task<VerifyResult>? task;

    public VerifySettings CurrentSettings { get; } = settings is null ? new VerifySettings() : new VerifySettings(settings);

    public SettingsTask UseDirectory(string directory) => With(chosen => chosen.UseDirectory(directory));

    public SettingsTask UseFileName(string fileName) => With(chosen => chosen.UseFileName(fileName));

    public SettingsTask UseTypeName(string name) => With(chosen => chosen.UseTypeName(name));

    public SettingsTask UseMethodName(string name) => With(chosen => chosen.UseMethodName(name));

    public SettingsTask UseParameters(params object?[] parameters) => With(chosen => chosen.UseParameters(parameters));

    public SettingsTask UseTextForParameters(string parametersText) => With(chosen => chosen.UseTextForParameters(parametersText));

    public SettingsTask AutoVerify() => With(chosen => chosen.AutoVerify());

    public SettingsTask DisableDiff() => With(chosen => chosen.DisableDiff());

    public SettingsTask AddScrubber(Action<StringBuilder> scrubber) => With(chosen => chosen.AddScrubber(scrubber));

    public Task<VerifyResult> ToTask() => task ??= build(CurrentSettings);

    public TaskAwaiter<VerifyResult> GetAwaiter() => ToTask().GetAwaiter();

    public ConfiguredTaskAwaitable<VerifyResult> ConfigureAwait(bool continueOnCapturedContext) => ToTask().ConfigureAwait(continueOnCapturedContext);

    public static implicit operator Task(SettingsTask settingsTask) => settingsTask.ToTask();

    public static implicit operator Task<VerifyResult>(SettingsTask settingsTask) => settingsTask.ToTask();

    private SettingsTask With(Action<VerifySettings> choose)
    {
        choose(CurrentSettings);
        return this;
    }
}
