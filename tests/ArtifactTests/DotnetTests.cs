using System.Text.RegularExpressions;

namespace Lathe.ArtifactTests;

/// <summary>Models in .NET projects: the packages as <c>./build.sh pack</c> makes them, in clean folders with an empty home.</summary>
public sealed partial class DotnetTests(DotnetPackages packages) : IClassFixture<DotnetPackages>, IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void The_page_on_dotnet_followed_word_for_word_gives_the_right_digits()
    {
        var page = File.ReadAllText(CProgram.Repository("docs", "dotnet.md"));
        var first = page[page.IndexOf("## Five lines", StringComparison.Ordinal)..page.IndexOf("## The class", StringComparison.Ordinal)];
        var blocks = Block().Matches(first).Select(m => (Kind: m.Groups[1].Value, Text: m.Groups[2].Value)).ToList();
        Assert.Equal(["sh", "xml", "csharp", "sh", "text"], blocks.Select(b => b.Kind));

        packages.Shell(scratch.Folder, blocks[0].Text);
        var project = scratch["app/app.csproj"];
        File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", blocks[1].Text + "</Project>", StringComparison.Ordinal));
        File.WriteAllText(scratch["app/Program.cs"], blocks[2].Text);
        Assert.Equal(blocks[4].Text.Trim(), packages.Shell(scratch["app"], blocks[3].Text).Trim());
    }

    [LongFact]
    public void A_build_compiles_what_has_changed_and_clean_leaves_nothing()
    {
        Project("""<TensorModel Include="digits.onnx" /><TensorModel Include="gestures.onnx" Recipe="small.recipe" Dims="batch=1" />""", "System.Console.WriteLine(app.Digits.Input3Length + app.Gestures.InputLength);");
        Assert.Equal(["digits.onnx", "gestures.onnx"], Compiled());
        Assert.Equal("826", packages.Shell(scratch.Folder, "dotnet run --no-build -c Release").Trim());

        Assert.Equal([], Compiled());
        Touch("Program.cs");
        Assert.Equal([], Compiled());
        Touch("small.recipe");
        Assert.Equal(["gestures.onnx"], Compiled());
        Touch("digits.onnx");
        Assert.Equal(["digits.onnx"], Compiled());
        // What the item says is an input too.
        Edit("app.csproj", "batch=1", "batch=2");
        Assert.Equal(["gestures.onnx"], Compiled());
        var times = packages.Shell(scratch.Folder, "dotnet build -c Release --no-restore -clp:PerformanceSummary");
        Assert.True(Spent(times) < 200, times);

        packages.Shell(scratch.Folder, "dotnet clean -c Release");
        Assert.False(Directory.Exists(scratch["obj/Release/net10.0/lathe"]));
        Assert.Empty(Directory.GetFiles(scratch["bin"], "*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFiles(scratch["obj"], "*Digits*", SearchOption.AllDirectories));

        // An editor's build writes the classes and nothing else.
        packages.Shell(scratch.Folder, "dotnet msbuild -v:m -p:Configuration=Release -t:Compile -p:DesignTimeBuild=true -p:BuildingProject=false -p:SkipCompilerExecution=true -p:ProvideCommandLineArgs=true");
        Assert.Equal(["Digits.class.stamp", "Digits.g.cs", "Gestures.class.stamp", "Gestures.g.cs"], Directory.GetFiles(scratch["obj/Release/net10.0/lathe"], "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [LongFact]
    public void A_library_with_a_model_is_packed_for_several_machines_and_runs_from_its_package()
    {
        Directory.CreateDirectory(scratch["lib"]);
        Directory.CreateDirectory(scratch["user"]);
        packages.Shell(scratch["lib"], "dotnet new classlib -n Acme.Vision -o . && dotnet add package Lathe.Runtime --source $PACKAGES && dotnet add package Lathe.Build --source $PACKAGES && cp $MODELS/opt_mnist/model.onnx digits.onnx");
        Edit("lib/Acme.Vision.csproj", "</Project>", """
            <PropertyGroup><LathePackRuntimes>linux-x64;linux-arm64;win-x64</LathePackRuntimes></PropertyGroup>
              <ItemGroup><TensorModel Include="digits.onnx" Namespace="Acme" /></ItemGroup>
            </Project>
            """);
        // Nothing was chosen of which one would be warned.
        Assert.DoesNotContain("warning LT", packages.Shell(scratch["lib"], "dotnet pack -c Release -o ../feed"), StringComparison.Ordinal);
        using (var package = System.IO.Compression.ZipFile.OpenRead(scratch["feed/Acme.Vision.1.0.0.nupkg"]))
            Assert.Equal(["runtimes/linux-arm64/native/libDigits.so", "runtimes/linux-x64/native/libDigits.so", "runtimes/win-x64/native/Digits.dll"], package.Entries.Select(e => e.FullName).Where(n => n.StartsWith("runtimes/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        packages.Shell(scratch["user"], "dotnet new console -n user -o . && cp $MODELS/opt_mnist/digits/digits.bytes .");
        Edit("user/user.csproj", "</Project>", $"""
            <PropertyGroup><RestoreSources>{scratch["feed"]};$(PACKAGES)</RestoreSources></PropertyGroup>
              <ItemGroup><PackageReference Include="Acme.Vision" Version="1.0.0" /></ItemGroup>
            </Project>
            """);
        File.WriteAllText(scratch["user/Program.cs"], """
            using var digits = new Acme.Digits();
            var scores = new float[Acme.Digits.Plus214Output0Length];
            foreach (var image in File.ReadAllBytes("digits.bytes").Chunk(Acme.Digits.Input3Length))
            {
                digits.Run([.. image.Select(grey => (float)grey)], scores);
                Console.Write($"{Array.IndexOf(scores, scores.Max())} ");
            }
            """);
        Assert.Equal("0 1 2 3 4 5 6 7 8 9", packages.Shell(scratch["user"], "dotnet run").Trim());
    }

    [LongFact]
    public void What_is_wrong_is_an_error_with_a_code_and_a_place_and_the_next_build_recovers()
    {
        Project("""
            <TensorModel Include="digits.onnx" />
                <TensorModel Include="missing.onnx" />
                <TensorModel Include="gestures.onnx" Recipe="none.recipe" ClassName="digits" />
            """, "System.Console.WriteLine(app.Digits.Input3Length);");
        var errors = Errors();
        Assert.Contains("app.csproj(10,27): error LT7001: there is no model missing.onnx", errors, StringComparison.Ordinal);
        Assert.Contains("app.csproj(11,27): error LT7002: there is no ", errors, StringComparison.Ordinal);
        Assert.Contains("app.csproj(11,27): error LT7003: gestures.onnx and digits.onnx both become the class digits", errors, StringComparison.Ordinal);

        Edit("app.csproj", """<TensorModel Include="missing.onnx" />""", "");
        Edit("app.csproj", """Recipe="none.recipe" ClassName="digits" """, """Recipe="small.recipe" """);
        File.WriteAllText(scratch["small.recipe"], "pipeline small {\n  fold\n  simplifie\n}\n");
        File.WriteAllText(scratch["digits.onnx"], "no model");
        Assert.Contains("digits.onnx : error LT1", Errors(), StringComparison.Ordinal);

        File.Copy(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx"), scratch["digits.onnx"], overwrite: true);
        Assert.Matches(@"small\.recipe\(3,3\): error LT3\d\d\d: ", Errors());
        Assert.Empty(Directory.GetFiles(scratch["obj"], "libGestures.so", SearchOption.AllDirectories));

        File.WriteAllText(scratch["small.recipe"], "pipeline small {\n  simplify\n}\n");
        File.WriteAllBytes(scratch["gestures.onnx"], Unknown());
        Assert.Matches(@"gestures\.onnx : error LT\d+: .*NoSuchOperator", Errors());
        File.Copy(CProgram.Repository("tests", "models", "hand_keypoint_cls", "model.onnx"), scratch["gestures.onnx"], overwrite: true);
        // A search path with dotnet on it and no linker.
        Directory.CreateDirectory(scratch["path"]);
        File.CreateSymbolicLink(scratch["path/dotnet"], Tool.Find("dotnet")!);
        Assert.Matches(@"gestures\.onnx : error LT4001: .*lld", Errors($"PATH={scratch["path"]}"));
        Assert.Empty(Directory.GetFiles(scratch["obj"], "libGestures.so", SearchOption.AllDirectories));
        Assert.Contains("gestures.onnx", Compiled());
        Assert.Single(Directory.GetFiles(scratch["bin"], "libGestures.so", SearchOption.AllDirectories));
    }

    /// <summary>Weights are not read for the class, and a process that stays writes it.</summary>
    [LongFact]
    public void An_editor_gets_the_class_of_a_model_of_100_MB_in_half_a_second()
    {
        const string design = "dotnet msbuild -v:n -p:Configuration=Release -t:Compile -p:DesignTimeBuild=true -p:BuildingProject=false -p:SkipCompilerExecution=true -p:ProvideCommandLineArgs=true -p:LatheUseServer=true -p:LatheServerIdle=20 -clp:PerformanceSummary";
        Project("""<TensorModel Include="digits.onnx" />""", "System.Console.WriteLine(app.Digits.Input3Length);");
        Assert.DoesNotContain("in a process of its own", packages.Shell(scratch.Folder, design), StringComparison.Ordinal);
        BigModel.Write(scratch["big.onnx"], 5000);
        Edit("app.csproj", """<TensorModel Include="digits.onnx" />""", """<TensorModel Include="digits.onnx" /><TensorModel Include="big.onnx" />""");
        var times = packages.Shell(scratch.Folder, design);
        Assert.Contains("ReadOnlySpan<float> x", File.ReadAllText(scratch["obj/Release/net10.0/lathe/Big/Big.g.cs"]), StringComparison.Ordinal);
        Assert.DoesNotContain("in a process of its own", times, StringComparison.Ordinal);
        Assert.True(Spent(times) < 500, times);
        // What is wrong comes through as it does from a process of its own.
        File.WriteAllText(scratch["digits.onnx"], "no model");
        var (code, output) = packages.Try(scratch.Folder, design);
        Assert.NotEqual(0, code);
        Assert.Contains("digits.onnx : error LT1", output, StringComparison.Ordinal);
    }

    [LongFact]
    public void A_model_that_changes_while_it_is_built_is_built_again()
    {
        Project("""<TensorModel Include="digits.onnx" />""", "System.Console.WriteLine(app.Digits.Input3Length);");
        Edit("app.csproj", "</Project>", """
            <PropertyGroup><LatheAfterModelsDependsOn>Meanwhile</LatheAfterModelsDependsOn></PropertyGroup>
              <Target Name="Meanwhile" Condition="Exists('new.onnx')"><Exec Command="mv new.onnx digits.onnx" /></Target>
            </Project>
            """);
        // What the running build has read already is exchanged; its time is of now, as an editor's is.
        File.Copy(scratch["digits.onnx"], scratch["new.onnx"]);
        File.SetLastWriteTimeUtc(scratch["new.onnx"], DateTime.UtcNow.AddMinutes(5));
        Assert.Equal(["digits.onnx"], Compiled());
        File.SetLastWriteTimeUtc(scratch["digits.onnx"], DateTime.UtcNow);
        Assert.Equal(["digits.onnx"], Compiled());
        Assert.Equal([], Compiled());
    }

    [LongFact]
    public void Compression_that_loses_more_than_it_may_fails_the_build()
    {
        Project("""<TensorModel Include="digits.onnx" Options="--quantize i2;--objective size" Evaluate="judge/digits.eval" MaxAccuracyDrop="0.05" />""", "System.Console.WriteLine(app.Digits.Input3Length);");
        var folder = Directory.CreateDirectory(scratch["judge"]).FullName;
        packages.Shell(folder, "cp $MODELS/opt_mnist/digits/*.png .; seq 0 9 > labels.txt; mkdir images; mv *.png images");
        File.WriteAllText(Path.Combine(folder, "digits.eval"), "--metric top1\n--data images\n--labels labels.txt\n");
        Assert.Matches(@"digits\.onnx : error LT5320: .*top1 is 0\.\d+ over 10 items, 1 without compression", Errors());
        Assert.Empty(Directory.GetFiles(scratch["obj"], "libDigits.so", SearchOption.AllDirectories));
        Edit("app.csproj", "--quantize i2", "--quantize int8");
        Assert.Equal(["digits.onnx"], Compiled());
        Assert.Contains("\"metric\": \"top1\"", File.ReadAllText(Directory.GetFiles(scratch["obj"], "Digits.json", SearchOption.AllDirectories)[0]), StringComparison.Ordinal);
        Assert.Equal([], Compiled());
        // The data decide too.
        File.SetLastWriteTimeUtc(Path.Combine(folder, "labels.txt"), DateTime.UtcNow);
        Assert.Equal(["digits.onnx"], Compiled());
        Edit("app.csproj", "Evaluate=\"judge/digits.eval\" ", "");
        Assert.Contains("error LT7004: MaxAccuracyDrop of digits.onnx without Evaluate", Errors(), StringComparison.Ordinal);
    }

    /// <summary>A console project with these items.</summary>
    private void Project(string items, string program)
    {
        File.WriteAllText(scratch["app.csproj"], $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup><PackageReference Include="Lathe.Runtime" Version="*" /><PackageReference Include="Lathe.Build" Version="*" PrivateAssets="all" /></ItemGroup>
              <ItemGroup>
                {items}
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(scratch["Program.cs"], program);
        File.WriteAllText(scratch["small.recipe"], "pipeline small {\n  simplify\n}\n");
        File.Copy(CProgram.Repository("tests", "models", "opt_mnist", "model.onnx"), scratch["digits.onnx"]);
        File.Copy(CProgram.Repository("tests", "models", "hand_keypoint_cls", "model.onnx"), scratch["gestures.onnx"]);
        packages.Shell(scratch.Folder, "dotnet restore --source $PACKAGES");
    }

    /// <summary>Builds, and says which models were compiled for it.</summary>
    private IEnumerable<string> Compiled() => Regex.Matches(packages.Shell(scratch.Folder, "dotnet build -c Release --no-restore"), @"compiling (\S+)").Select(m => m.Groups[1].Value);

    /// <summary>A model of one operator that no opset has.</summary>
    internal static byte[] Unknown() => Convert.FromHexString("08083A3D0A160A0178120179220E4E6F537563684F70657261746F721201675A0F0A0178120A0A08080112040A020801620F0A0179120A0A08080112040A02080142040A001011");

    /// <summary>Milliseconds that a build's summary says of the targets of models.</summary>
    private static int Spent(string times)
    {
        var targets = Regex.Matches(times, @"(\d+) ms +(Lathe\w+) ").ToDictionary(m => m.Groups[2].Value, m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
        // Without these the sum would be that of nothing.
        Assert.Contains("LathePrepareModels", targets.Keys);
        Assert.Contains("LatheWriteClasses", targets.Keys);
        return targets.Values.Sum();
    }

    private string Errors(string variables = "")
    {
        var (code, output) = packages.Try(scratch.Folder, $"{variables} dotnet build -c Release --no-restore");
        Assert.NotEqual(0, code);
        return output;
    }

    /// <summary>A time that no file of a build so far has reached.</summary>
    private void Touch(string file) => File.SetLastWriteTimeUtc(scratch[file], DateTime.UtcNow);

    private void Edit(string file, string old, string with) => File.WriteAllText(scratch[file], File.ReadAllText(scratch[file]).Replace(old, with, StringComparison.Ordinal));

    [GeneratedRegex("```([a-z]+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
