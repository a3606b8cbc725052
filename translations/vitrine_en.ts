<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>vitrine::EditorPanel</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n match</numerusform><numerusform>%n matches</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>%n error</numerusform><numerusform>%n errors</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>%n warning</numerusform><numerusform>%n warnings</numerusform></translation>
    </message>
</context>
<context>
    <name>vitrine::ErrorBanner</name>
    <message numerus="yes">
        <source>and %n more</source>
        <comment>banner</comment>
        <translation>
            <numerusform>and %n more</numerusform><numerusform>and %n more</numerusform></translation>
    </message>
</context>
<context>
    <name>vitrine::PlotView</name>
    <message numerus="yes">
        <source>%n curve(s).</source>
        <translation>
            <numerusform>%n curve.</numerusform><numerusform>%n curves.</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) at or below zero cannot stand on a logarithmic axis and are left out.</source>
        <translation>
            <numerusform>%n value at or below zero cannot stand on a logarithmic axis and is left out.</numerusform><numerusform>%n values at or below zero cannot stand on a logarithmic axis and are left out.</numerusform></translation>
    </message>
</context>
<context>
    <name>vitrine::RunsPanel</name>
    <message numerus="yes">
        <source>%n parameter(s) differ</source>
        <translation>
            <numerusform>%n parameter differs</numerusform><numerusform>%n parameters differ</numerusform></translation>
    </message>
</context>
<context>
    <name>vitrine::StatusStrip</name>
    <message numerus="yes">
        <source>● CPU, %n threads</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>● CPU, %n thread</numerusform><numerusform>● CPU, %n threads</numerusform></translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) going</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>%n run going</numerusform><numerusform>%n runs going</numerusform></translation>
    </message>
</context>
</TS>
