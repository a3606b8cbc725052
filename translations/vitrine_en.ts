<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>vitrine::AnswersPanel</name>
    <message numerus="yes">
        <source>%n query(ies)</source>
        <translation>
            <numerusform>%n query</numerusform>
            <numerusform>%n queries</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::EditorPanel</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform>
            <numerusform>%n matches</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform>
            <numerusform>%n errors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform>
            <numerusform>%n warnings</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ErrorBanner</name>
    <message numerus="yes">
        <source>and %n more</source>
        <comment>banner</comment>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::LearningPanel</name>
    <message numerus="yes">
        <source>%1: %n value(s) between %2 and %3.</source>
        <translation>
            <numerusform>%1: %n value between %2 and %3.</numerusform>
            <numerusform>%1: %n values between %2 and %3.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The loss fell from %1 to %2 in %n step(s)</source>
        <translation>
            <numerusform>The loss fell from %1 to %2 in %n step</numerusform>
            <numerusform>The loss fell from %1 to %2 in %n steps</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The loss went from %1 to %2 in %n step(s)</source>
        <translation>
            <numerusform>The loss went from %1 to %2 in %n step</numerusform>
            <numerusform>The loss went from %1 to %2 in %n steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::LogicMechanism</name>
    <message numerus="yes">
        <source>index of %n value(s)</source>
        <translation>
            <numerusform>index of %n value</numerusform>
            <numerusform>index of %n values</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n round(s)</source>
        <translation>
            <numerusform>%n round</numerusform>
            <numerusform>%n rounds</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::PlanPanel</name>
    <message numerus="yes">
        <source>%n join order(s)</source>
        <translation>
            <numerusform>%n join order</numerusform>
            <numerusform>%n join orders</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::PlotView</name>
    <message numerus="yes">
        <source>%n curve(s).</source>
        <translation>
            <numerusform>%n curve.</numerusform>
            <numerusform>%n curves.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) at or below zero cannot stand on a logarithmic axis and are left out.</source>
        <translation>
            <numerusform>%n value at or below zero cannot stand on a logarithmic axis and is left out.</numerusform>
            <numerusform>%n values at or below zero cannot stand on a logarithmic axis and are left out.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ProgramGraphPanel</name>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>%n tensor</numerusform>
            <numerusform>%n tensors</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stratum(s)</source>
        <translation>
            <numerusform>%n stratum</numerusform>
            <numerusform>%n strata</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cycle(s).</source>
        <translation>
            <numerusform>%n cycle.</numerusform>
            <numerusform>%n cycles.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::RoundsPanel</name>
    <message numerus="yes">
        <source>%1: %2 in %n round(s).</source>
        <comment>list of deltas, total</comment>
        <translation>
            <numerusform>%1: %2 in %n round.</numerusform>
            <numerusform>%1: %2 in %n rounds.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n round(s); the largest, round %2, brought %3.</source>
        <translation>
            <numerusform>%1 in %n round; the largest, round %2, brought %3.</numerusform>
            <numerusform>%1 in %n rounds; the largest, round %2, brought %3.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::RunsPanel</name>
    <message numerus="yes">
        <source>%n parameter(s) differ</source>
        <translation>
            <numerusform>%n parameter differs</numerusform>
            <numerusform>%n parameters differ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::StatusStrip</name>
    <message numerus="yes">
        <source>● CPU, %n threads</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>● CPU, %n thread</numerusform>
            <numerusform>● CPU, %n threads</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) going</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>%n run going</numerusform>
            <numerusform>%n runs going</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::StepperPanel</name>
    <message numerus="yes">
        <source>%n new pair(s)</source>
        <translation>
            <numerusform>%n new pair</numerusform>
            <numerusform>%n new pairs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new tuple(s)</source>
        <translation>
            <numerusform>%n new tuple</numerusform>
            <numerusform>%n new tuples</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n answer(s)</source>
        <translation>
            <numerusform>%n answer</numerusform>
            <numerusform>%n answers</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>found again %n time(s)</source>
        <translation>
            <numerusform>found again once</numerusform>
            <numerusform>found again %n times</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>found again %n time(s) instead of computed</source>
        <translation>
            <numerusform>found again once instead of computed</numerusform>
            <numerusform>found again %n times instead of computed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::WhyPanel</name>
    <message numerus="yes">
        <source>%n fact(s)</source>
        <translation>
            <numerusform>%n fact</numerusform>
            <numerusform>%n facts</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n term(s), %1 together.</source>
        <translation>
            <numerusform>%n term, %1 together.</numerusform>
            <numerusform>%n terms, %1 together.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::plot::LegendStrip</name>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>and %n more</numerusform>
            <numerusform>and %n more</numerusform>
        </translation>
    </message>
</context>
</TS>
