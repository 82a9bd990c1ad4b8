using System.Text;
using Lathe.Onnx;

namespace Lathe.Cli.Verbs;

[Description("says what a model is: inputs, outputs, dimensions, operators, size, work, and what cannot be compiled")]
[Example("lathe inspect model.onnx", "also where the model cannot be compiled: then it says why")]
[Example("lathe inspect model.onnx --dim batch=8 --json", "the work of a batch, for a script")]
[Example("lathe inspect model.onnx --html model.html", "the same and more to look at")]
[Example("lathe inspect model.onnx --roofline --cpu x86-64-v3", "which layers take the time, and why")]
public sealed record Inspect(
    [Argument("MODEL", "an .onnx file, or a folder with model.onnx")] string Model,
    CodeOptions Code,
    [Option("what each kernel is expected to take on --cpu, and whether arithmetic or memory holds it back; nothing is run")] bool Roofline = false,
    [Option("write a page for a browser: the graph to move and search in, passes, layers, memory over a run, weights; the model goes through all passes, nothing is run", Value = "FILE")] string? Html = null,
    [Option("as JSON, with a version")] bool Json = false) : Verb
{
    public override ExitCode Execute(Session session)
    {
        var path = ModelPath.Resolve(Model);
        var outline = ModelOutline.Read(path);
        try
        {
            var import = OnnxModel.Load(path, new ImportOptions(Code.Dim, Max: Code.Max));
            foreach (var warning in import.Warnings) session.Report(warning);
            if (Html is not null)
            {
                Lathe.Codegen.Llvm.OutputFile.Write(Html, Page(session, path, AsText(outline, new(import))));
                return ExitCode.Done;
            }
            session.Progress("measuring its work");
            var roofline = Roofline ? Expected(session, path) : null;
            session.Output.Write(Json ? AsJson(outline, new(import), [], roofline) : AsText(outline, new(import)) + (roofline is null ? "" : "\n" + roofline.Text()));
            return ExitCode.Done;
        }
        catch (DiagnosticException e)
        {
            session.Output.Write(Json ? AsJson(outline, null, e.Diagnostics) : AsText(outline, null));
            foreach (var diagnostic in e.Diagnostics) session.Report(diagnostic);
            return ExitCode.Fault;
        }
    }

    private string Page(Session session, string path, string outline)
    {
        var (build, target, source) = (new ModelBuild(session, Code), Code.Target(), ModelSource.Read(path, Code.Dim, max: Code.Max));
        var trail = new Seeing.PassTrail(source.Module);
        build.Observers.Add(trail);
        var program = build.Improve(source, target).MustBeProgram;
        return Seeing.ModelPage.Print($"{ModelPath.NameOf(path)} for {target.Cpu}", $"<pre>{Seeing.Html.Text(outline)}</pre>\n", program, trail, new(program, build.Paces, build.Machine(target)), build);
    }

    private Roofline Expected(Session session, string path)
    {
        var (build, target) = (new ModelBuild(session, Code), Code.Target());
        // What is odd was said already.
        var program = build.Improve(ModelSource.Read(path, Code.Dim, max: Code.Max), target).MustBeProgram;
        return new(program, build.Paces, build.Machine(target));
    }

    private static string AsText(ModelOutline outline, ModelMeasure? measure)
    {
        var text = new StringBuilder();
        void Lines(string what, IEnumerable<string> values)
        {
            foreach (var value in values)
            {
                text.Append(CultureInfo.InvariantCulture, $"{what,-12}{value}\n");
                what = "";
            }
        }
        if (measure is null)
        {
            Lines("inputs", outline.Inputs.Select(i => i.ToString()));
            Lines("outputs", outline.Outputs);
            Lines("operators", [string.Join(", ", outline.Operators.Select(o => $"{o.Operator} x{o.Count}"))]);
            Lines("parameters", [Quantity.Count(outline.Parameters)]);
            Lines("compiles", ["no, for the reasons below"]);
            return text.ToString();
        }
        var (info, graph) = (measure.Import.Info, measure.Import.Graph);
        Lines("model", [$"{graph.Name}, made by {(info.ProducerName == "" ? "an unnamed tool" : $"{info.ProducerName} {info.ProducerVersion}".Trim())}, IR {info.IrVersion}, {string.Join(", ", info.Opsets.Select(o => $"{(o.Domain == "" ? "ai.onnx" : o.Domain)} {o.Version}"))}"]);
        Lines("inputs", graph.Inputs.Select(v => $"{v.Name}: {v.Type}"));
        Lines("outputs", graph.Outputs.Select(v => $"{v.Name}: {v.Type}"));
        Lines("dimensions", graph.Symbols.Select(s => $"{s.Name} is {s.Low} or more{(s.High < Symbol.Unbounded ? $", at most {s.High}" : "")}"));
        Lines("checks", graph.Guards.Select(g => g.Message));
        Lines("parameters", [$"{Quantity.Count(measure.Parameters)} in {Quantity.Bytes(measure.WeightBytes)}"]);
        Lines("work", [$"{Quantity.Count(measure.Flops)}FLOP{measure.At}"]);
        return text + "\n" + TableText.Print(["operator", "count", "FLOP", "weights"], [.. measure.ByOperator.Select(o => (string[])[o.Operator, o.Count.ToString(CultureInfo.InvariantCulture), Quantity.Count(o.Flops), Quantity.Bytes(o.WeightBytes)])]);
    }

    private static string AsJson(ModelOutline outline, ModelMeasure? measure, Seq<Diagnostic> diagnostics, Roofline? roofline = null) => JsonText.Print(json =>
    {
        json.WriteBoolean("compiles", measure is not null);
        json.WriteObjects("inputs", outline.Inputs, i =>
        {
            json.WriteString("name", i.Name);
            json.WriteString("type", i.Kind);
            json.WriteList("shape", i.Dims, json.WriteStringValue);
        });
        json.WriteList("outputs", outline.Outputs, json.WriteStringValue);
        json.WriteObjects("operators", outline.Operators, o =>
        {
            json.WriteString("operator", o.Operator);
            json.WriteNumber("count", o.Count);
        });
        json.WriteNumber("parameters", measure?.Parameters ?? outline.Parameters);
        if (measure is not null)
        {
            json.WriteNumber("weight_bytes", measure.WeightBytes);
            json.WriteReal("flops", measure.Flops);
            json.WriteStartObject("at");
            foreach (var (name, extent) in measure.Extents) json.WriteNumber(name, extent);
            json.WriteEndObject();
            json.WriteString("sha256", measure.Import.Info.Hash);
        }
        roofline?.Json(json);
        json.WriteList("diagnostics", diagnostics, d => DiagnosticJson.Write(json, d));
    });
}
