<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR">
<context>
    <name>vitrine</name>
    <message>
        <source>A desktop workbench for looking inside recent methods of machine learning.</source>
        <translation>최근 기계 학습 방법의 속을 들여다보는 데스크톱 작업대입니다.</translation>
    </message>
    <message>
        <source>Folder of runs and drafts (default: VITRINE_WORKSPACE, else below the user&apos;s data folder).</source>
        <translation>실행과 초안을 둘 폴더 (기본값: VITRINE_WORKSPACE, 없으면 사용자 데이터 폴더 아래).</translation>
    </message>
    <message>
        <source>Colours: light, dark or system.</source>
        <translation>색: light, dark 또는 system.</translation>
    </message>
    <message>
        <source>Size of the interface in percent, 100 to 200.</source>
        <translation>화면 크기(퍼센트), 100에서 200까지.</translation>
    </message>
    <message>
        <source>Play the tour and write one screenshot a step into DIR, then end.</source>
        <translation>안내를 실행하고 단계마다 화면을 DIR에 저장한 뒤 끝냅니다.</translation>
    </message>
    <message>
        <source>Steps of the tour, a JSON file.</source>
        <translation>안내 단계를 적은 JSON 파일.</translation>
    </message>
    <message>
        <source>Open every room once and end; status 1 when something is wrong.</source>
        <translation>모든 방을 한 번씩 열고 끝냅니다. 잘못된 것이 있으면 상태 1로 끝납니다.</translation>
    </message>
    <message>
        <source>Files to open.</source>
        <translation>열 파일.</translation>
    </message>
    <message>
        <source>&amp;Open…</source>
        <translation>열기(&amp;O)…</translation>
    </message>
    <message>
        <source>Open a program or a data file</source>
        <translation>프로그램이나 데이터 파일을 엽니다</translation>
    </message>
    <message>
        <source>Open &amp;sample…</source>
        <translation>예제 열기(&amp;S)…</translation>
    </message>
    <message>
        <source>Choose one of the shipped samples</source>
        <translation>들어 있는 예제에서 고릅니다</translation>
    </message>
    <message>
        <source>S&amp;tart page</source>
        <translation>시작 화면(&amp;T)</translation>
    </message>
    <message>
        <source>Show the start page with recent work</source>
        <translation>최근 작업이 있는 시작 화면을 봅니다</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>끝내기(&amp;Q)</translation>
    </message>
    <message>
        <source>Close the window; runs that are going go on</source>
        <translation>창을 닫습니다. 진행 중인 실행은 계속됩니다</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>되돌리기(&amp;U)</translation>
    </message>
    <message>
        <source>Take back the last change of the text or the parameters</source>
        <translation>글이나 매개변수의 마지막 변경을 되돌립니다</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>다시 하기(&amp;R)</translation>
    </message>
    <message>
        <source>Make the change again</source>
        <translation>되돌린 변경을 다시 합니다</translation>
    </message>
    <message>
        <source>&amp;Command palette…</source>
        <translation>명령 팔레트(&amp;C)…</translation>
    </message>
    <message>
        <source>Find any command by a few letters</source>
        <translation>몇 글자로 명령을 찾습니다</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>테마(&amp;T)</translation>
    </message>
    <message>
        <source>As the &amp;desktop</source>
        <translation>바탕 화면에 맞춤(&amp;D)</translation>
    </message>
    <message>
        <source>Light or dark as the desktop is</source>
        <translation>바탕 화면의 밝기를 따릅니다</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>밝게(&amp;L)</translation>
    </message>
    <message>
        <source>Dark text on light surfaces</source>
        <translation>밝은 바탕에 어두운 글자</translation>
    </message>
    <message>
        <source>Dar&amp;k</source>
        <translation>어둡게(&amp;K)</translation>
    </message>
    <message>
        <source>Light text on dark surfaces</source>
        <translation>어두운 바탕에 밝은 글자</translation>
    </message>
    <message>
        <source>&amp;%1 %</source>
        <translation>&amp;%1 %</translation>
    </message>
    <message>
        <source>Size of everything: %1 %</source>
        <translation>전체 크기: %1 %</translation>
    </message>
    <message>
        <source>Si&amp;ze</source>
        <translation>크기(&amp;Z)</translation>
    </message>
    <message>
        <source>Lan&amp;guage</source>
        <translation>언어(&amp;G)</translation>
    </message>
    <message>
        <source>Show Vitrine in Korean</source>
        <translation>Vitrine을 한국어로 봅니다</translation>
    </message>
    <message>
        <source>Show Vitrine in English</source>
        <translation>Vitrine을 영어로 봅니다</translation>
    </message>
    <message>
        <source>&amp;Rooms</source>
        <translation>방(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Names in the rail</source>
        <translation>레일에 이름 표시(&amp;N)</translation>
    </message>
    <message>
        <source>Show names under the icons of the rail</source>
        <translation>레일의 아이콘 아래에 이름을 보여 줍니다</translation>
    </message>
    <message>
        <source>&amp;Motion</source>
        <translation>움직임(&amp;M)</translation>
    </message>
    <message>
        <source>Let things on screen move to show where they went</source>
        <translation>어디로 갔는지 보이도록 화면이 움직이게 합니다</translation>
    </message>
    <message>
        <source>Lesso&amp;n</source>
        <translation>수업(&amp;N)</translation>
    </message>
    <message>
        <source>Show or fold the lesson of this room</source>
        <translation>이 방의 수업을 펼치거나 접습니다</translation>
    </message>
    <message>
        <source>&amp;Find in the log</source>
        <translation>로그에서 찾기(&amp;F)</translation>
    </message>
    <message>
        <source>Open the log and search in it</source>
        <translation>로그를 열고 그 안에서 찾습니다</translation>
    </message>
    <message>
        <source>Reset la&amp;yout</source>
        <translation>배치 되돌리기(&amp;Y)</translation>
    </message>
    <message>
        <source>Put panels and docks back where they were shipped</source>
        <translation>패널을 처음 배치로 되돌립니다</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>실행(&amp;R)</translation>
    </message>
    <message>
        <source>Start a run with the parameters of this room</source>
        <translation>이 방의 매개변수로 실행을 시작합니다</translation>
    </message>
    <message>
        <source>&amp;Pause or resume</source>
        <translation>일시 정지 또는 계속(&amp;P)</translation>
    </message>
    <message>
        <source>Pause the run of this room, or let it go on</source>
        <translation>이 방의 실행을 일시 정지하거나 계속합니다</translation>
    </message>
    <message>
        <source>&amp;Stop</source>
        <translation>중지(&amp;S)</translation>
    </message>
    <message>
        <source>Stop the run of this room and keep what it has</source>
        <translation>이 방의 실행을 중지하고 결과를 보관합니다</translation>
    </message>
    <message>
        <source>Back to the p&amp;reset</source>
        <translation>프리셋으로 되돌리기(&amp;R)</translation>
    </message>
    <message>
        <source>Undo every change of the parameters at once</source>
        <translation>매개변수의 모든 변경을 한꺼번에 되돌립니다</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>단축키(&amp;K)</translation>
    </message>
    <message>
        <source>Every command that has a key</source>
        <translation>단축키가 있는 모든 명령입니다</translation>
    </message>
    <message>
        <source>&amp;Error codes</source>
        <translation>오류 코드(&amp;E)</translation>
    </message>
    <message>
        <source>What the codes in messages mean and what to do</source>
        <translation>메시지에 나오는 코드의 뜻과 할 일을 봅니다</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1밀리초</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1초</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1분 %2초</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1분</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1시간 %2분</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1일</translation>
    </message>
    <message>
        <source>End as soon as the first frame is painted; to measure the start.</source>
        <translation>첫 화면을 그리는 대로 끝냅니다. 시작 시간을 잴 때 씁니다.</translation>
    </message>
    <message>
        <source>&amp;Help on this panel</source>
        <translation>이 패널 도움말(&amp;H)</translation>
    </message>
    <message>
        <source>What the panel with the focus shows and how to use it</source>
        <translation>초점이 있는 패널이 무엇을 보여 주고 어떻게 쓰는지 알려 줍니다</translation>
    </message>
    <message>
        <source>Language of the window: en or ko (pseudo: to test layouts).</source>
        <translation>창의 언어: en 또는 ko (pseudo: 배치를 시험할 때).</translation>
    </message>
</context>
<context>
    <name>vitrine::ActionRegistry</name>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>편집(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>보기(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>실행(&amp;R)</translation>
    </message>
    <message>
        <source>R&amp;oom</source>
        <translation>방(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>도움말(&amp;H)</translation>
    </message>
</context>
<context>
    <name>vitrine::AnswersModel</name>
    <message>
        <source>  more lines than are shown here; write them to a file to have them all</source>
        <translation>  여기에 보이는 것보다 줄이 더 많습니다. 모두 보려면 파일로 내보내십시오</translation>
    </message>
    <message>
        <source>asked in line %1</source>
        <translation>%1행의 질의</translation>
    </message>
    <message>
        <source>Choose it to see why</source>
        <translation>고르면 이유를 볼 수 있습니다</translation>
    </message>
</context>
<context>
    <name>vitrine::AnswersPanel</name>
    <message>
        <source>What does the program answer?</source>
        <translation>프로그램은 무엇이라고 답합니까?</translation>
    </message>
    <message>
        <source>Evaluate</source>
        <translation>계산</translation>
    </message>
    <message>
        <source>No answers yet</source>
        <translation>아직 답이 없습니다</translation>
    </message>
    <message>
        <source>Evaluate the program to see what its queries answer.</source>
        <translation>프로그램을 계산하면 질의의 답이 보입니다.</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>답</translation>
    </message>
    <message>
        <source>Evaluate the program here, without a run (Ctrl+Enter)</source>
        <translation>실행 없이 이 자리에서 프로그램을 계산합니다 (Ctrl+Enter)</translation>
    </message>
    <message>
        <source>The program was not run</source>
        <translation>프로그램을 계산하지 못했습니다</translation>
    </message>
    <message>
        <source>Repair what is marked in the program, then evaluate again.</source>
        <translation>프로그램에 표시된 곳을 고친 뒤 다시 계산하십시오.</translation>
    </message>
    <message>
        <source>No queries</source>
        <translation>질의가 없습니다</translation>
    </message>
    <message>
        <source>Add a query such as Ancestor(Alice, x)? to have an answer here.</source>
        <translation>Ancestor(Alice, x)? 같은 질의를 더하면 여기에 답이 나옵니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n query(ies)</source>
        <translation>
            <numerusform>질의 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 answers in %2.</source>
        <translation>답 %1개, %2 걸렸습니다.</translation>
    </message>
    <message>
        <source>Backward: %1 subgoals, %2 tuples demanded.</source>
        <translation>후방: 부분 목표 %1개, 요구된 튜플 %2개.</translation>
    </message>
    <message>
        <source>Stopped early: what is shown is complete up to the last full round.</source>
        <translation>일찍 멈췄습니다. 마지막으로 끝난 라운드까지는 모두 보입니다.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>The run answers</source>
        <translation>실행이 답합니다</translation>
    </message>
    <message>
        <source>Press Run: its curves and its report say what came of it.</source>
        <translation>실행을 누르면 곡선과 보고서에 결과가 나옵니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::ArtifactList</name>
    <message>
        <source>Artefacts</source>
        <translation>산출물</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <comment>artefact</comment>
        <translation>%1, %2단계</translation>
    </message>
    <message>
        <source>Save a copy of %1</source>
        <translation>%1의 사본을 저장합니다</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>사본 저장</translation>
    </message>
    <message>
        <source>%1 could not be copied to %2</source>
        <translation>%1을(를) %2(으)로 복사하지 못했습니다</translation>
    </message>
</context>
<context>
    <name>vitrine::ChipRow</name>
    <message>
        <source>Line %1: %2 is the einsum %3; %4</source>
        <translation>%1행: %2은(는) einsum %3입니다. %4</translation>
    </message>
    <message>
        <source>The rule as join and as einsum</source>
        <translation>조인(join)과 einsum으로 본 규칙</translation>
    </message>
</context>
<context>
    <name>vitrine::CodeEditor</name>
    <message>
        <source>%1 (line %2)</source>
        <translation>%1 (%2행)</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>프로그램</translation>
    </message>
    <message>
        <source>Ctrl+. offers: %1</source>
        <translation>Ctrl+. 제안: %1</translation>
    </message>
</context>
<context>
    <name>vitrine::ColorBar</name>
    <message>
        <source>Colours from %1 to %2</source>
        <translation>%1에서 %2까지의 색</translation>
    </message>
</context>
<context>
    <name>vitrine::CommandPalette</name>
    <message>
        <source>Type a command</source>
        <translation>명령을 입력하십시오</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>명령</translation>
    </message>
    <message>
        <source>Command palette</source>
        <translation>명령 팔레트</translation>
    </message>
</context>
<context>
    <name>vitrine::ConfigDocument</name>
    <message>
        <source>Change %1</source>
        <translation>%1 변경</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>프리셋 선택</translation>
    </message>
    <message>
        <source>Change the seed</source>
        <translation>시드 변경</translation>
    </message>
    <message>
        <source>Change the device</source>
        <translation>장치 변경</translation>
    </message>
    <message>
        <source>Load a configuration</source>
        <translation>설정 불러오기</translation>
    </message>
</context>
<context>
    <name>vitrine::DiagnosticsModel</name>
    <message>
        <source>error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>경고</translation>
    </message>
    <message>
        <source>note</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>%1  line %2: %3</source>
        <translation>%1  %2행: %3</translation>
    </message>
    <message>
        <source>%1, line %2: %3</source>
        <translation>%1, %2행: %3</translation>
    </message>
</context>
<context>
    <name>vitrine::DockTitle</name>
    <message>
        <source>Let this panel float, or put it back</source>
        <translation>패널을 떼어 내거나 다시 붙입니다</translation>
    </message>
    <message>
        <source>Fold this panel</source>
        <translation>패널을 접습니다</translation>
    </message>
</context>
<context>
    <name>vitrine::EditorPanel</name>
    <message>
        <source>Previous match (Shift+Enter)</source>
        <translation>이전 일치 (Shift+Enter)</translation>
    </message>
    <message>
        <source>Next match (Enter)</source>
        <translation>다음 일치 (Enter)</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>닫기 (Esc)</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>바꾸기</translation>
    </message>
    <message>
        <source>Replace all</source>
        <translation>모두 바꾸기</translation>
    </message>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>%n곳 일치</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n error(s)</source>
        <translation>
            <numerusform>오류 %n건</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warning(s)</source>
        <translation>
            <numerusform>경고 %n건</numerusform>
        </translation>
    </message>
    <message>
        <source>no problems</source>
        <translation>문제 없음</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>찾기</translation>
    </message>
    <message>
        <source>Replace with</source>
        <translation>바꿀 내용</translation>
    </message>
    <message>
        <source>Problems of the program</source>
        <translation>프로그램의 문제</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>프로그램</translation>
    </message>
</context>
<context>
    <name>vitrine::ErrorBanner</name>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>경고</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>자세히</translation>
    </message>
    <message>
        <source>Show the code and the causes</source>
        <translation>코드와 원인을 보여 줍니다</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy a report of this problem</source>
        <translation>이 문제의 보고서를 복사합니다</translation>
    </message>
    <message>
        <source>Dismiss this message</source>
        <translation>이 메시지를 닫습니다</translation>
    </message>
    <message>
        <source>Details of the problem</source>
        <translation>문제의 자세한 내용</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <comment>banner</comment>
        <translation>
            <numerusform>외 %n건</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: %2</source>
        <comment>severity, text</comment>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>vitrine::FoldGroup</name>
    <message>
        <source>Fold this group</source>
        <translation>이 묶음을 접습니다</translation>
    </message>
    <message>
        <source>Show this group</source>
        <translation>이 묶음을 펼칩니다</translation>
    </message>
</context>
<context>
    <name>vitrine::GraphView</name>
    <message>
        <source>Graph of %1 nodes and %2 edges.</source>
        <translation>노드 %1개, 간선 %2개의 그래프입니다.</translation>
    </message>
    <message>
        <source>%1. %2</source>
        <translation>%1. %2</translation>
    </message>
    <message>
        <source>Placing the nodes…</source>
        <translation>노드를 배치하는 중…</translation>
    </message>
</context>
<context>
    <name>vitrine::HelpPage</name>
    <message>
        <source>Help</source>
        <translation>도움말</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Error codes</source>
        <translation>오류 코드</translation>
    </message>
    <message>
        <source>Find on this page</source>
        <translation>이 쪽에서 찾기</translation>
    </message>
    <message>
        <source>This panel</source>
        <translation>이 패널</translation>
    </message>
</context>
<context>
    <name>vitrine::LearningPanel</name>
    <message>
        <source>What was learned?</source>
        <translation>무엇을 배웠습니까?</translation>
    </message>
    <message>
        <source>Loss</source>
        <translation>손실</translation>
    </message>
    <message>
        <source>step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Learned tensor</source>
        <translation>배운 텐서</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Gradient of the last step</source>
        <translation>마지막 단계의 기울기(gradient)</translation>
    </message>
    <message>
        <source>No gradient was kept.</source>
        <translation>보관된 기울기가 없습니다.</translation>
    </message>
    <message>
        <source>Nothing is learned here</source>
        <translation>여기서는 배우는 것이 없습니다</translation>
    </message>
    <message>
        <source>Name parameters with @learn and a loss with @minimize: the loss and the parameters appear here.</source>
        <translation>@learn으로 매개변수를, @minimize로 손실을 지정하면 손실과 매개변수가 여기에 보입니다.</translation>
    </message>
    <message numerus="yes">
        <source>%1: %n value(s) between %2 and %3.</source>
        <translation>
            <numerusform>%1: 값 %n개, %2에서 %3 사이.</numerusform>
        </translation>
    </message>
    <message>
        <source>What is being learned?</source>
        <translation>무엇을 학습하고 있습니까?</translation>
    </message>
    <message>
        <source>Step %1 of %2: loss %3.</source>
        <translation>%2단계 중 %1단계: 손실 %3.</translation>
    </message>
    <message numerus="yes">
        <source>The loss fell from %1 to %2 in %n step(s)</source>
        <translation>
            <numerusform>%n단계 만에 손실이 %1에서 %2로 줄었습니다</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>The loss went from %1 to %2 in %n step(s)</source>
        <translation>
            <numerusform>%n단계 동안 손실이 %1에서 %2로 바뀌었습니다</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, values</source>
        <translation>%1의 값</translation>
    </message>
    <message>
        <source>%1, last gradient</source>
        <translation>%1의 마지막 기울기</translation>
    </message>
    <message>
        <source>Its last gradient reaches %1.</source>
        <translation>마지막 기울기의 최대 크기는 %1입니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::LessonStrip</name>
    <message>
        <source>Previous step</source>
        <translation>이전 단계</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>다음 단계</translation>
    </message>
    <message>
        <source>Fold the lesson</source>
        <translation>수업을 접습니다</translation>
    </message>
    <message>
        <source>Lesson: %1</source>
        <translation>수업: %1</translation>
    </message>
    <message>
        <source>Text of the step</source>
        <translation>단계 설명</translation>
    </message>
    <message>
        <source>Lesson, step %1 of %2: %3</source>
        <translation>수업 %1/%2단계: %3</translation>
    </message>
    <message>
        <source>Show the lesson</source>
        <translation>수업을 펼칩니다</translation>
    </message>
    <message>
        <source>Not seen yet</source>
        <translation>아직 보지 못했습니다</translation>
    </message>
    <message>
        <source>Seen: the room confirms it</source>
        <translation>확인했습니다: 방의 데이터와 일치합니다</translation>
    </message>
    <message>
        <source>The room shows something else</source>
        <translation>방에는 다른 결과가 보입니다</translation>
    </message>
</context>
<context>
    <name>vitrine::LogModel</name>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>경고</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>정보</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>디버그</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>시각</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>수준</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>출처</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>내용</translation>
    </message>
</context>
<context>
    <name>vitrine::LogPanel</name>
    <message>
        <source>Find in the log</source>
        <translation>로그에서 찾기</translation>
    </message>
    <message>
        <source>Least severe level shown</source>
        <translation>보여 줄 가장 낮은 수준</translation>
    </message>
    <message>
        <source>All</source>
        <translation>모두</translation>
    </message>
    <message>
        <source>Info and worse</source>
        <translation>정보 이상</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>경고와 오류</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>오류만</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>로그</translation>
    </message>
</context>
<context>
    <name>vitrine::LogicMechanism</name>
    <message>
        <source>untitled.tl</source>
        <translation>제목없음.tl</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>답</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>Graph</source>
        <translation>그래프</translation>
    </message>
    <message>
        <source>Below the program</source>
        <translation>프로그램 아래</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>라운드</translation>
    </message>
    <message>
        <source>Learning</source>
        <translation>학습</translation>
    </message>
    <message>
        <source>Below the stepper</source>
        <translation>단계 보기 아래</translation>
    </message>
    <message>
        <source>The engine is still being loaded; the program is evaluated as soon as it is there.</source>
        <translation>엔진을 불러오는 중입니다. 준비되는 대로 프로그램을 계산합니다.</translation>
    </message>
    <message>
        <source>Evaluating…</source>
        <translation>계산하는 중…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>중지하는 중…</translation>
    </message>
    <message>
        <source>%1, round %2: %3 new, %4 in all.</source>
        <translation>%1, 라운드 %2: 새로 %3개, 모두 %4개.</translation>
    </message>
    <message>
        <source>Learning, step %1 of %2: loss %3.</source>
        <translation>학습 %1/%2단계: 손실 %3.</translation>
    </message>
    <message>
        <source>Sweep %1.</source>
        <translation>%1번째 훑기.</translation>
    </message>
    <message>
        <source>%1: %2 of %3.</source>
        <translation>%1: %2/%3.</translation>
    </message>
    <message>
        <source>relation</source>
        <translation>관계</translation>
    </message>
    <message>
        <source>%1 given</source>
        <translation>주어진 것 %1개</translation>
    </message>
    <message>
        <source>%1 joined rows</source>
        <translation>조인한 행 %1개</translation>
    </message>
    <message>
        <source>index, sized when its relation is complete</source>
        <translation>인덱스, 관계가 완성되면 크기가 정해짐</translation>
    </message>
    <message numerus="yes">
        <source>index of %n value(s)</source>
        <translation>
            <numerusform>값 %n개의 인덱스</numerusform>
        </translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>프로그램</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Back to my program</source>
        <translation>내 프로그램으로 돌아가기</translation>
    </message>
    <message>
        <source>Evaluates the program in the editor and shows it</source>
        <translation>편집기의 프로그램을 평가하여 보여 줍니다</translation>
    </message>
    <message>
        <source>On show: the evaluation of the run %1. Answers, matrix and rounds are the run&apos;s.</source>
        <translation>실행 %1의 평가를 보고 있습니다. 답과 행렬, 라운드는 그 실행의 것입니다.</translation>
    </message>
    <message>
        <source>Reading the run %1…</source>
        <translation>실행 %1을(를) 읽는 중…</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>계획</translation>
    </message>
    <message>
        <source>sparse, %1 of %2 cells</source>
        <translation>희소, %2칸 중 %1칸</translation>
    </message>
    <message>
        <source>sparse, %1 rows</source>
        <translation>희소, %1행</translation>
    </message>
    <message>
        <source>dense</source>
        <translation>조밀</translation>
    </message>
    <message numerus="yes">
        <source>%n round(s)</source>
        <translation>
            <numerusform>%n라운드</numerusform>
        </translation>
    </message>
    <message>
        <source>This experiment runs the program below on data that it makes itself: press Run.</source>
        <translation>이 실험은 아래 프로그램을 스스로 만든 데이터로 실행합니다. 실행을 누르십시오.</translation>
    </message>
    <message>
        <source>Its data come with the run: press Run.</source>
        <translation>데이터는 실행과 함께 들어갑니다. 실행을 누르십시오.</translation>
    </message>
</context>
<context>
    <name>vitrine::MainWindow</name>
    <message>
        <source>Vitrine</source>
        <translation>Vitrine</translation>
    </message>
    <message>
        <source>Unsaved work could not be kept: %1</source>
        <translation>저장하지 않은 작업을 보관하지 못했습니다: %1</translation>
    </message>
    <message>
        <source>Make room on the disk, or save what matters elsewhere.</source>
        <translation>디스크에 공간을 마련하거나 중요한 내용을 다른 곳에 저장하십시오.</translation>
    </message>
    <message>
        <source>Everything can be looked at here; nothing can be started or changed.</source>
        <translation>모두 볼 수 있지만 시작하거나 바꿀 수는 없습니다.</translation>
    </message>
    <message>
        <source>Rail</source>
        <translation>레일</translation>
    </message>
    <message>
        <source>Show or fold the panel &quot;%1&quot;</source>
        <translation>&quot;%1&quot; 패널을 펼치거나 접습니다</translation>
    </message>
    <message>
        <source>&amp;Panels</source>
        <translation>패널(&amp;P)</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행 기록</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>로그</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>&amp;Problems (%1)</source>
        <translation>문제(&amp;P) (%1)</translation>
    </message>
    <message>
        <source>&amp;Problems</source>
        <translation>문제(&amp;P)</translation>
    </message>
    <message>
        <source>This program has no room for the experiment &quot;%1&quot;.</source>
        <translation>이 프로그램에는 실험 &quot;%1&quot;의 방이 없습니다.</translation>
    </message>
    <message>
        <source>This run was made by another version of the room: its parameters cannot be taken over.</source>
        <translation>다른 버전의 방에서 만든 실행이므로 매개변수를 가져올 수 없습니다.</translation>
    </message>
    <message>
        <source>The sample &quot;%1&quot; could not be opened.</source>
        <translation>예제 &quot;%1&quot;을(를) 열지 못했습니다.</translation>
    </message>
    <message>
        <source>No room reads the file %1.</source>
        <translation>%1 파일을 읽는 방이 없습니다.</translation>
    </message>
    <message>
        <source>Rooms say in File, Open which files they read.</source>
        <translation>방마다 읽는 파일 형식은 파일, 열기에서 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>열기</translation>
    </message>
    <message>
        <source>Files that rooms read (%1)</source>
        <translation>방에서 읽는 파일 (%1)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
    <message>
        <source>Vitrine did not end in the usual way. Its work of %1 was kept.</source>
        <translation>Vitrine이 정상적으로 끝나지 않았습니다. %1의 작업이 보관되어 있습니다.</translation>
    </message>
    <message>
        <source>Nothing is started by restoring.</source>
        <translation>복원해도 아무것도 시작되지 않습니다.</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>복원</translation>
    </message>
    <message>
        <source>This is recovered work. Look it over before you run it.</source>
        <translation>복구한 작업입니다. 실행하기 전에 살펴보십시오.</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>버리기</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>상태</translation>
    </message>
</context>
<context>
    <name>vitrine::MatrixView</name>
    <message>
        <source>value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>읽는 중…</translation>
    </message>
    <message>
        <source>new</source>
        <translation>새</translation>
    </message>
    <message>
        <source>Matrix of %1 rows and %2 columns.</source>
        <translation>%1행 %2열의 행렬입니다.</translation>
    </message>
    <message>
        <source>Cell %1, %2: %3.</source>
        <translation>칸 %1, %2: %3.</translation>
    </message>
    <message>
        <source>not read yet</source>
        <translation>아직 읽지 않음</translation>
    </message>
</context>
<context>
    <name>vitrine::PageTabs</name>
    <message>
        <source>Give this panel all of the room, and back</source>
        <translation>이 패널을 전체로 넓히거나 되돌립니다</translation>
    </message>
    <message>
        <source>Enlarge</source>
        <translation>넓히기</translation>
    </message>
</context>
<context>
    <name>vitrine::ParamEditor</name>
    <message>
        <source>Choose a file</source>
        <translation>파일을 고릅니다</translation>
    </message>
    <message>
        <source>Choose a file for %1</source>
        <translation>%1의 파일 고르기</translation>
    </message>
    <message>
        <source>Files it reads (%1)</source>
        <translation>읽을 수 있는 파일 (%1)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>모든 파일 (*)</translation>
    </message>
</context>
<context>
    <name>vitrine::ParamForm</name>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>고급</translation>
    </message>
</context>
<context>
    <name>vitrine::ParamRow</name>
    <message>
        <source>From %1 to %2%3</source>
        <comment>low, high, unit</comment>
        <translation>%1부터 %2%3까지</translation>
    </message>
    <message>
        <source>In %1</source>
        <comment>unit</comment>
        <translation>단위: %1</translation>
    </message>
    <message>
        <source>Source: %1</source>
        <translation>출처: %1</translation>
    </message>
    <message>
        <source>Back to the preset&apos;s value</source>
        <translation>프리셋 값으로 되돌립니다</translation>
    </message>
    <message>
        <source>Reset %1</source>
        <translation>%1 되돌리기</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>label, unit</comment>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Differs from the preset</source>
        <translation>프리셋과 다릅니다</translation>
    </message>
</context>
<context>
    <name>vitrine::PlanPanel</name>
    <message>
        <source>scalar</source>
        <translation>스칼라</translation>
    </message>
    <message>
        <source>%1 operations</source>
        <translation>연산 %1회</translation>
    </message>
    <message>
        <source>by %1</source>
        <comment>known columns of a join</comment>
        <translation>%1(으)로 찾음</translation>
    </message>
    <message>
        <source>%1 rows</source>
        <translation>%1행</translation>
    </message>
    <message>
        <source>about %1 rows</source>
        <translation>약 %1행</translation>
    </message>
    <message numerus="yes">
        <source>%n join order(s)</source>
        <translation>
            <numerusform>조인 순서 %n가지</numerusform>
        </translation>
    </message>
    <message>
        <source>%1; at most %2 rows at once.</source>
        <comment>join orders, rows</comment>
        <translation>%1, 한 번에 최대 %2행입니다.</translation>
    </message>
    <message>
        <source>einsum &quot;%1&quot;: %2 operations instead of %3 as written</source>
        <translation>einsum &quot;%1&quot;: 쓰인 순서의 %3회 대신 연산 %2회</translation>
    </message>
    <message>
        <source>einsum &quot;%1&quot;: %2 operations</source>
        <translation>einsum &quot;%1&quot;: 연산 %2회</translation>
    </message>
    <message>
        <source>at most %1 of memory</source>
        <translation>메모리 최대 %1</translation>
    </message>
    <message>
        <source>Element by element, without a sum.</source>
        <translation>합 없이 원소마다 계산합니다.</translation>
    </message>
    <message>
        <source>How is a line computed?</source>
        <translation>한 줄은 어떻게 계산됩니까?</translation>
    </message>
    <message>
        <source>Plan of a line</source>
        <translation>한 줄의 계획</translation>
    </message>
    <message>
        <source>Put the cursor on a rule or an equation, or choose a tensor in the graph: the order of its joins or its contraction tree appears here.</source>
        <translation>규칙이나 등식에 커서를 두거나 그래프에서 텐서를 고르십시오. 조인 순서나 축약(contraction) 나무가 여기에 보입니다.</translation>
    </message>
    <message>
        <source>How is line %1 computed?</source>
        <translation>%1번째 줄은 어떻게 계산됩니까?</translation>
    </message>
    <message>
        <source>Nothing is joined and nothing is summed in this line.</source>
        <translation>이 줄에는 조인도 합도 없습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::PlotView</name>
    <message>
        <source>The plot was not written to %1: %2. Choose another folder.</source>
        <translation>그림을 %1에 쓰지 못했습니다: %2. 다른 폴더를 고르십시오.</translation>
    </message>
    <message>
        <source>Plot as table</source>
        <translation>표로 보기</translation>
    </message>
    <message>
        <source>Samples of the plot</source>
        <translation>그림의 값</translation>
    </message>
    <message>
        <source>Linear</source>
        <translation>선형</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>로그</translation>
    </message>
    <message>
        <source>&amp;Vertical axis</source>
        <translation>세로축(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Horizontal axis</source>
        <translation>가로축(&amp;H)</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Time since start</source>
        <translation>시작 후 시간</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>시각</translation>
    </message>
    <message>
        <source>&amp;Smoothing</source>
        <translation>평활(&amp;S)</translation>
    </message>
    <message>
        <source>Smoothing weight</source>
        <translation>평활 가중치</translation>
    </message>
    <message>
        <source>None</source>
        <translation>없음</translation>
    </message>
    <message>
        <source>Vertical range</source>
        <translation>세로 범위</translation>
    </message>
    <message>
        <source>&amp;Lowest</source>
        <translation>최소(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Highest</source>
        <translation>최대(&amp;H)</translation>
    </message>
    <message>
        <source>Pin range</source>
        <translation>범위 고정</translation>
    </message>
    <message>
        <source>&amp;Pin the vertical range shown</source>
        <translation>보이는 세로 범위 고정(&amp;P)</translation>
    </message>
    <message>
        <source>Set the vertical &amp;range…</source>
        <translation>세로 범위 정하기(&amp;R)…</translation>
    </message>
    <message>
        <source>R&amp;eset the view</source>
        <translation>보기 되돌리기(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Curves</source>
        <translation>곡선(&amp;C)</translation>
    </message>
    <message>
        <source>Show &amp;alone</source>
        <translation>이것만 보기(&amp;A)</translation>
    </message>
    <message>
        <source>Export plot</source>
        <translation>그림 내보내기</translation>
    </message>
    <message>
        <source>E&amp;xport</source>
        <translation>내보내기(&amp;X)</translation>
    </message>
    <message>
        <source>PNG image (*.png)</source>
        <translation>PNG 이미지 (*.png)</translation>
    </message>
    <message>
        <source>PNG…</source>
        <translation>PNG…</translation>
    </message>
    <message>
        <source>PNG, twice the size…</source>
        <translation>PNG, 두 배 크기…</translation>
    </message>
    <message>
        <source>SVG…</source>
        <translation>SVG…</translation>
    </message>
    <message>
        <source>SVG drawing (*.svg)</source>
        <translation>SVG 그림 (*.svg)</translation>
    </message>
    <message>
        <source>PDF…</source>
        <translation>PDF…</translation>
    </message>
    <message>
        <source>PDF document (*.pdf)</source>
        <translation>PDF 문서 (*.pdf)</translation>
    </message>
    <message>
        <source>CSV…</source>
        <translation>CSV…</translation>
    </message>
    <message>
        <source>CSV table (*.csv)</source>
        <translation>CSV 표 (*.csv)</translation>
    </message>
    <message>
        <source>Show as &amp;table</source>
        <translation>표로 보기(&amp;T)</translation>
    </message>
    <message>
        <source>Copy &amp;image</source>
        <translation>이미지 복사(&amp;I)</translation>
    </message>
    <message>
        <source>Copy &amp;data</source>
        <translation>데이터 복사(&amp;D)</translation>
    </message>
    <message>
        <source> (raw %1)</source>
        <translation> (원값 %1)</translation>
    </message>
    <message>
        <source>Horizontal axis: %1.</source>
        <translation>가로축: %1.</translation>
    </message>
    <message>
        <source>Vertical axis: %1.</source>
        <translation>세로축: %1.</translation>
    </message>
    <message numerus="yes">
        <source>%n curve(s).</source>
        <translation>
            <numerusform>곡선 %n개.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1: last value %2 at %3.</source>
        <comment>curve, value, x</comment>
        <translation>%1: 마지막 값 %2, 위치 %3.</translation>
    </message>
    <message numerus="yes">
        <source>%n value(s) at or below zero cannot stand on a logarithmic axis and are left out.</source>
        <translation>
            <numerusform>0 이하의 값 %n개는 로그 축에 놓을 수 없어 빼고 그립니다.</numerusform>
        </translation>
    </message>
    <message>
        <source>What this plot offers: scales, smoothing, export</source>
        <translation>이 그림의 기능: 눈금, 평활, 내보내기</translation>
    </message>
    <message>
        <source>Plot menu</source>
        <translation>그림 메뉴</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::ProblemsModel</name>
    <message>
        <source>Error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>경고</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>종류</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>내용</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>위치</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>코드</translation>
    </message>
</context>
<context>
    <name>vitrine::ProblemsPanel</name>
    <message>
        <source>Problems</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>Nothing is wrong</source>
        <translation>문제가 없습니다</translation>
    </message>
    <message>
        <source>Problems of parameters, programs and runs are listed here, with a way to each.</source>
        <translation>매개변수, 프로그램, 실행의 문제가 여기에 나오며 바로 찾아갈 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::ProgramGraphPanel</name>
    <message>
        <source>How do the tensors depend on each other?</source>
        <translation>텐서는 서로 어떻게 의존합니까?</translation>
    </message>
    <message>
        <source>Program graph</source>
        <translation>프로그램 그래프</translation>
    </message>
    <message>
        <source>The graph appears here with the first statement.</source>
        <translation>첫 문장을 쓰면 그래프가 여기에 나옵니다.</translation>
    </message>
    <message>
        <source>Find a tensor</source>
        <translation>텐서 찾기</translation>
    </message>
    <message>
        <source>relation</source>
        <translation>관계</translation>
    </message>
    <message>
        <source>%1, %2 given</source>
        <translation>%1, 주어진 것 %2개</translation>
    </message>
    <message>
        <source>recursive, stratum %1</source>
        <translation>재귀, 층 %1</translation>
    </message>
    <message>
        <source>not</source>
        <translation>아님</translation>
    </message>
    <message numerus="yes">
        <source>%n tensor(s)</source>
        <translation>
            <numerusform>텐서 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n stratum(s)</source>
        <translation>
            <numerusform>층 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cycle(s).</source>
        <translation>
            <numerusform>순환 %n개.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::Rail</name>
    <message>
        <source>Run %1: %2</source>
        <comment>title, state</comment>
        <translation>실행 %1: %2</translation>
    </message>
    <message>
        <source>Reason</source>
        <comment>group of rooms</comment>
        <translation>추론</translation>
    </message>
    <message>
        <source>See</source>
        <comment>group of rooms</comment>
        <translation>보기</translation>
    </message>
    <message>
        <source>Learn</source>
        <comment>group of rooms</comment>
        <translation>학습</translation>
    </message>
    <message>
        <source>Know</source>
        <comment>group of rooms</comment>
        <translation>지식</translation>
    </message>
    <message>
        <source>Rooms and runs</source>
        <translation>방과 실행</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행 기록</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Start page: three things to do, recent work</source>
        <translation>시작 화면: 해 볼 세 가지와 최근 작업</translation>
    </message>
</context>
<context>
    <name>vitrine::Room</name>
    <message>
        <source>This room does not know the link &quot;%1&quot;.</source>
        <translation>이 방은 링크 &quot;%1&quot;을(를) 알지 못합니다.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>done, total</comment>
        <translation>%1/%2</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <comment>progress, time</comment>
        <translation>%1, %2 남음</translation>
    </message>
    <message>
        <source>not responding</source>
        <translation>응답 없음</translation>
    </message>
    <message>
        <source>The run ended without saying why.</source>
        <translation>실행이 이유를 남기지 않고 끝났습니다.</translation>
    </message>
    <message>
        <source>It can go on from its last checkpoint.</source>
        <translation>마지막 체크포인트에서 이어 갈 수 있습니다.</translation>
    </message>
    <message>
        <source>It can be started again from the beginning.</source>
        <translation>처음부터 다시 시작할 수 있습니다.</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>이어서 실행</translation>
    </message>
    <message>
        <source>Run with the next &amp;seed</source>
        <translation>다음 시드로 실행(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Copy as a shell command</source>
        <translation>셸 명령으로 복사(&amp;C)</translation>
    </message>
</context>
<context>
    <name>vitrine::RoomHeader</name>
    <message>
        <source>%1 ↗</source>
        <comment>citation</comment>
        <translation>%1 ↗</translation>
    </message>
    <message>
        <source>Open the paper&apos;s page: %1</source>
        <translation>논문 쪽을 엽니다: %1</translation>
    </message>
    <message>
        <source>Paper: %1</source>
        <translation>논문: %1</translation>
    </message>
    <message>
        <source>Show or hide the parameters</source>
        <translation>매개변수를 보이거나 숨깁니다</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>매개변수</translation>
    </message>
</context>
<context>
    <name>vitrine::RoomPlots</name>
    <message>
        <source>Metric plots</source>
        <translation>지표 그림</translation>
    </message>
    <message>
        <source>step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>%1 · %2</source>
        <comment>metric, run</comment>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>현재</translation>
    </message>
    <message>
        <source>%1 %2%3</source>
        <comment>name, value, unit</comment>
        <translation>%1 %2%3</translation>
    </message>
    <message>
        <source> (best %1)</source>
        <translation> (최고 %1)</translation>
    </message>
    <message>
        <source>Press Run to see its curves here.</source>
        <translation>실행을 누르면 곡선이 여기에 보입니다.</translation>
    </message>
    <message>
        <source>mean of the seeds</source>
        <translation>시드의 평균</translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>시드 %1</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>run or metric, seed</comment>
        <translation>%1, %2</translation>
    </message>
</context>
<context>
    <name>vitrine::RoundsPanel</name>
    <message>
        <source>A relation that uses itself shows its rounds here.</source>
        <translation>자신을 쓰는 관계의 라운드가 여기에 보입니다.</translation>
    </message>
    <message>
        <source>New pairs per round</source>
        <translation>라운드마다 새로 생긴 쌍</translation>
    </message>
    <message>
        <source>New tuples per round</source>
        <translation>라운드마다 새로 생긴 튜플</translation>
    </message>
    <message>
        <source>round</source>
        <translation>라운드</translation>
    </message>
    <message>
        <source>new pairs</source>
        <translation>새 쌍</translation>
    </message>
    <message>
        <source>new tuples</source>
        <translation>새 튜플</translation>
    </message>
    <message numerus="yes">
        <source>%1: %2 in %n round(s).</source>
        <comment>list of deltas, total</comment>
        <translation>
            <numerusform>%1: %n라운드에 %2개.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 in %n round(s); the largest, round %2, brought %3.</source>
        <translation>
            <numerusform>%n라운드에 %1개. 가장 큰 라운드 %2에서 %3개가 나왔습니다.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::RowsModel</name>
    <message>
        <source>came in at round %1</source>
        <translation>라운드 %1에 들어옴</translation>
    </message>
    <message>
        <source>round</source>
        <translation>라운드</translation>
    </message>
    <message>
        <source>value</source>
        <translation>값</translation>
    </message>
</context>
<context>
    <name>vitrine::RunBar</name>
    <message>
        <source>Pause</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Pause the run (F6)</source>
        <translation>실행을 일시 정지합니다 (F6)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>중지</translation>
    </message>
    <message>
        <source>Stop the run and keep what it has (Shift+F5)</source>
        <translation>실행을 중지하고 결과를 보관합니다 (Shift+F5)</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>프리셋</translation>
    </message>
    <message>
        <source>More ways to run</source>
        <translation>다른 실행 방법</translation>
    </message>
    <message>
        <source>A run of this room is going. Stop it, or wait for it.</source>
        <translation>이 방의 실행이 진행 중입니다. 중지하거나 기다리십시오.</translation>
    </message>
    <message>
        <source>Correct the parameters first: %1</source>
        <translation>먼저 매개변수를 고치십시오: %1</translation>
    </message>
    <message>
        <source>The parameters are being checked.</source>
        <translation>매개변수를 확인하는 중입니다.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Start a run with these parameters (F5)</source>
        <translation>이 매개변수로 실행을 시작합니다 (F5)</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>이어서 실행</translation>
    </message>
    <message>
        <source>Go on with the run (F6)</source>
        <translation>실행을 이어 갑니다 (F6)</translation>
    </message>
</context>
<context>
    <name>vitrine::RunDifferences</name>
    <message>
        <source>Seed</source>
        <translation>시드</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>장치</translation>
    </message>
    <message>
        <source>Parameter</source>
        <translation>매개변수</translation>
    </message>
</context>
<context>
    <name>vitrine::RunHub</name>
    <message>
        <source>The workspace %1 cannot be written.</source>
        <translation>작업 공간 %1에 쓸 수 없습니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::RunsModel</name>
    <message>
        <source>Not responding</source>
        <translation>응답 없음</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>실행</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>실험</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>진행</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>태그</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>메모</translation>
    </message>
</context>
<context>
    <name>vitrine::RunsPanel</name>
    <message>
        <source>Parameters that differ</source>
        <translation>다른 매개변수</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>아직 실행이 없습니다</translation>
    </message>
    <message>
        <source>Press Run in a room. What it does is kept here, with its parameters, curves and notes.</source>
        <translation>방에서 실행을 누르십시오. 실행한 내용이 매개변수, 곡선, 메모와 함께 여기에 남습니다.</translation>
    </message>
    <message>
        <source>Find runs: words, tag:x, state:failed</source>
        <translation>실행 찾기: 낱말, tag:x, state:failed</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>보기</translation>
    </message>
    <message>
        <source>Show this run in its room (Enter)</source>
        <translation>이 실행을 방에서 봅니다 (Enter)</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>비교</translation>
    </message>
    <message>
        <source>Lay the selected runs over each other</source>
        <translation>고른 실행들을 겹쳐 봅니다</translation>
    </message>
    <message>
        <source>Duplicate with changes</source>
        <translation>고쳐서 다시</translation>
    </message>
    <message>
        <source>Put the parameters of this run into the form</source>
        <translation>이 실행의 매개변수를 양식에 넣습니다</translation>
    </message>
    <message>
        <source>Move to trash</source>
        <translation>휴지통으로</translation>
    </message>
    <message>
        <source>Move the selected runs to the trash, or back</source>
        <translation>고른 실행을 휴지통으로 옮기거나 되돌립니다</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>내보내기</translation>
    </message>
    <message>
        <source>Save the table as CSV or JSON lines</source>
        <translation>표를 CSV나 JSON Lines로 저장합니다</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>휴지통</translation>
    </message>
    <message>
        <source>Show the trash instead of the runs</source>
        <translation>실행 대신 휴지통을 봅니다</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>실행 기록</translation>
    </message>
    <message>
        <source>These runs have the same parameters</source>
        <translation>매개변수가 모두 같습니다</translation>
    </message>
    <message numerus="yes">
        <source>%n parameter(s) differ</source>
        <translation>
            <numerusform>매개변수 %n개가 다릅니다</numerusform>
        </translation>
    </message>
    <message>
        <source>Export the table of runs</source>
        <translation>실행 표 내보내기</translation>
    </message>
    <message>
        <source>Table (*.csv)</source>
        <translation>표 (*.csv)</translation>
    </message>
    <message>
        <source>JSON lines (*.jsonl)</source>
        <translation>JSON Lines (*.jsonl)</translation>
    </message>
</context>
<context>
    <name>vitrine::SampleGallery</name>
    <message>
        <source>Sample gallery</source>
        <translation>예제 모음</translation>
    </message>
    <message>
        <source>Find a sample</source>
        <translation>예제 찾기</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>예제</translation>
    </message>
    <message>
        <source>Text of the sample</source>
        <translation>예제의 내용</translation>
    </message>
    <message>
        <source>Open sample</source>
        <translation>예제 열기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>vitrine::StartPage</name>
    <message>
        <source>What would you like to look into?</source>
        <translation>무엇을 들여다보시겠습니까?</translation>
    </message>
    <message>
        <source>A vitrine is a glass case: everything in it can be seen at work.</source>
        <translation>비트린(vitrine)은 유리 진열장입니다. 안에서 일어나는 일을 모두 볼 수 있습니다.</translation>
    </message>
    <message>
        <source>Recent work</source>
        <translation>최근 작업</translation>
    </message>
    <message>
        <source>Run: %1</source>
        <comment>title of a sample</comment>
        <translation>실행: %1</translation>
    </message>
    <message>
        <source>Open and run</source>
        <translation>열고 실행</translation>
    </message>
    <message>
        <source>Take the lesson</source>
        <translation>수업 듣기</translation>
    </message>
    <message>
        <source>Short steps with links that act; the room itself confirms what you should see.</source>
        <translation>누르면 바로 동작하는 링크로 짧은 단계를 따라갑니다. 무엇이 보여야 하는지는 방이 스스로 확인합니다.</translation>
    </message>
    <message>
        <source>Start the lesson</source>
        <translation>수업 시작</translation>
    </message>
    <message>
        <source>Start from a sample, or from your own file</source>
        <translation>예제나 내 파일로 시작</translation>
    </message>
    <message>
        <source>Programs to open and change: family trees, graphs, a neuron, attention. Edge lists and tables of your own work as well.</source>
        <translation>열어서 고쳐 볼 프로그램입니다. 가계도, 그래프, 뉴런, 어텐션(attention)이 있고 내 간선 목록과 표도 쓸 수 있습니다.</translation>
    </message>
    <message>
        <source>Open the gallery</source>
        <translation>예제 모음 열기</translation>
    </message>
    <message>
        <source>%1 · %2 · %3</source>
        <comment>run, state, time</comment>
        <translation>%1 · %2 · %3</translation>
    </message>
    <message>
        <source>Show this run in its room</source>
        <translation>이 실행을 방에서 봅니다</translation>
    </message>
    <message>
        <source>Runs and files that you open will be listed here.</source>
        <translation>실행과 연 파일이 여기에 나옵니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::StatePill</name>
    <message>
        <source>Ready</source>
        <translation>준비됨</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>대기 중</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>시작하는 중</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>실행 중</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>일시 정지</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>중지하는 중…</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>완료</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>중지됨</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>실패</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>중단됨</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <comment>state, detail</comment>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>State of the run: %1</source>
        <translation>실행 상태: %1</translation>
    </message>
</context>
<context>
    <name>vitrine::StatusStrip</name>
    <message numerus="yes">
        <source>● CPU, %n threads</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>● CPU, 스레드 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>Show the runs</source>
        <translation>실행 기록을 봅니다</translation>
    </message>
    <message>
        <source>Progress of all runs</source>
        <translation>모든 실행의 진행</translation>
    </message>
    <message>
        <source>Show Vitrine in %1</source>
        <translation>Vitrine을 %1(으)로 봅니다</translation>
    </message>
    <message>
        <source>%1 · %2 of %3</source>
        <comment>this program, machine used, machine total</comment>
        <translation>%1 · 전체 %2/%3</translation>
    </message>
    <message>
        <source>Vitrine&apos;s window holds %1 of memory. The machine uses %2 of its %3.</source>
        <translation>Vitrine 창이 메모리 %1을(를) 쓰고, 컴퓨터는 %3 가운데 %2을(를) 씁니다.</translation>
    </message>
    <message>
        <source>No run going</source>
        <translation>진행 중인 실행 없음</translation>
    </message>
    <message numerus="yes">
        <source>%n run(s) going</source>
        <comment>status bar</comment>
        <translation>
            <numerusform>실행 %n개 진행 중</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 of memory</source>
        <comment>device</comment>
        <translation>%1, 메모리 %2</translation>
    </message>
    <message>
        <source>○ No GPU found</source>
        <comment>status bar</comment>
        <translation>○ GPU를 찾지 못함</translation>
    </message>
    <message>
        <source>○ %1, cannot be used</source>
        <comment>status bar</comment>
        <translation>○ %1, 쓸 수 없음</translation>
    </message>
    <message>
        <source>● %1, %2</source>
        <comment>status bar: GPU, memory</comment>
        <translation>● %1, %2</translation>
    </message>
</context>
<context>
    <name>vitrine::StepperPanel</name>
    <message>
        <source>What does the program compute?</source>
        <translation>프로그램은 무엇을 계산합니까?</translation>
    </message>
    <message>
        <source>Evaluate the program: its relations appear here as matrices.</source>
        <translation>프로그램을 계산하면 관계가 여기에 행렬로 보입니다.</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>행</translation>
    </message>
    <message>
        <source>value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>읽는 중…</translation>
    </message>
    <message>
        <source>true, round %1</source>
        <translation>참, 라운드 %1</translation>
    </message>
    <message>
        <source>true</source>
        <translation>참</translation>
    </message>
    <message>
        <source>false</source>
        <translation>거짓</translation>
    </message>
    <message>
        <source>Tensor on show</source>
        <translation>보고 있는 텐서</translation>
    </message>
    <message>
        <source>Which tensor is shown</source>
        <translation>어느 텐서를 볼지 고릅니다</translation>
    </message>
    <message>
        <source>One round back (Shift+F10)</source>
        <translation>한 라운드 뒤로 (Shift+F10)</translation>
    </message>
    <message>
        <source>One round on (F10)</source>
        <translation>한 라운드 앞으로 (F10)</translation>
    </message>
    <message>
        <source>Play the rounds</source>
        <translation>라운드를 차례로 보여 줍니다</translation>
    </message>
    <message>
        <source>Round</source>
        <translation>라운드</translation>
    </message>
    <message>
        <source>Slice of %1</source>
        <translation>%1의 단면</translation>
    </message>
    <message>
        <source>%1 as a matrix</source>
        <translation>행렬로 본 %1</translation>
    </message>
    <message>
        <source>What did round %1 add to %2?</source>
        <translation>라운드 %1은(는) %2에 무엇을 더했습니까?</translation>
    </message>
    <message>
        <source>Nothing: every new tuple was known already.</source>
        <translation>없습니다. 나온 튜플이 모두 이미 있던 것입니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n new pair(s)</source>
        <translation>
            <numerusform>새 쌍 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n new tuple(s)</source>
        <translation>
            <numerusform>새 튜플 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 from %2 joined rows</source>
        <translation>%1, 조인한 행 %2개에서</translation>
    </message>
    <message>
        <source>%1 to start from</source>
        <translation>%1에서 시작</translation>
    </message>
    <message>
        <source>; %1 of %2 so far.</source>
        <translation>. 지금까지 %2 중 %1.</translation>
    </message>
    <message>
        <source>; %1 so far.</source>
        <translation>. 지금까지 %1.</translation>
    </message>
    <message>
        <source>What does %1 hold?</source>
        <translation>%1에는 무엇이 들어 있습니까?</translation>
    </message>
    <message>
        <source>%1 rows, stored one by one</source>
        <translation>%1행, 하나씩 저장</translation>
    </message>
    <message>
        <source>%1 [%2], stored densely</source>
        <translation>%1 [%2], 조밀하게 저장</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>적어도 %1</translation>
    </message>
    <message>
        <source>count %1, then step → true</source>
        <translation>개수 %1, step을 거쳐 → 참</translation>
    </message>
    <message>
        <source>count 0: not by this rule</source>
        <translation>개수 0: 이 규칙으로는 나오지 않음</translation>
    </message>
    <message>
        <source>Goal tree</source>
        <translation>목표 나무</translation>
    </message>
    <message numerus="yes">
        <source>%n answer(s)</source>
        <translation>
            <numerusform>답 %n개</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>found again %n time(s)</source>
        <translation>
            <numerusform>다시 찾음 %n번</numerusform>
        </translation>
    </message>
    <message>
        <source>What does %1 need to know?</source>
        <translation>%1에 답하려면 무엇을 알아야 합니까?</translation>
    </message>
    <message>
        <source>What does goal %1 ask?</source>
        <translation>%1번째 목표는 무엇을 묻습니까?</translation>
    </message>
    <message numerus="yes">
        <source>found again %n time(s) instead of computed</source>
        <translation>
            <numerusform>계산하는 대신 %n번 다시 찾음</numerusform>
        </translation>
    </message>
    <message>
        <source>goal %1 of %2.</source>
        <translation>목표 %2개 중 %1번째.</translation>
    </message>
    <message>
        <source>not yet in round %1: it comes in round %2</source>
        <translation>라운드 %1에는 아직 없고 라운드 %2에 나옵니다</translation>
    </message>
    <message>
        <source>%1 more are not drawn.</source>
        <comment>goals</comment>
        <translation>%1개는 그리지 않았습니다.</translation>
    </message>
    <message>
        <source>Press Run: the curves of the experiment appear below.</source>
        <translation>실행을 누르면 실험의 곡선이 아래에 보입니다.</translation>
    </message>
</context>
<context>
    <name>vitrine::TensorLogicRoom</name>
    <message>
        <source>&amp;Evaluate program</source>
        <translation>프로그램 계산(&amp;E)</translation>
    </message>
    <message>
        <source>Evaluates the program in this window, without a run</source>
        <translation>실행 없이 이 창에서 프로그램을 계산합니다</translation>
    </message>
    <message>
        <source>&amp;Cancel evaluation</source>
        <translation>계산 취소(&amp;C)</translation>
    </message>
    <message>
        <source>Stops the evaluation; the last complete round stays</source>
        <translation>계산을 멈춥니다. 마지막으로 끝난 라운드는 남습니다</translation>
    </message>
    <message>
        <source>Step one round &amp;on</source>
        <translation>한 라운드 앞으로(&amp;O)</translation>
    </message>
    <message>
        <source>Shows what the next round adds</source>
        <translation>다음 라운드가 더하는 것을 봅니다</translation>
    </message>
    <message>
        <source>Step one round &amp;back</source>
        <translation>한 라운드 뒤로(&amp;B)</translation>
    </message>
    <message>
        <source>Shows the round before</source>
        <translation>앞 라운드를 봅니다</translation>
    </message>
    <message>
        <source>Open &amp;program or data…</source>
        <translation>프로그램이나 데이터 열기(&amp;P)…</translation>
    </message>
    <message>
        <source>Opens a program, or adds the line that reads a data file</source>
        <translation>프로그램을 열거나 데이터 파일을 읽는 줄을 더합니다</translation>
    </message>
    <message>
        <source>&amp;Save program</source>
        <translation>프로그램 저장(&amp;S)</translation>
    </message>
    <message>
        <source>Writes the program to its file</source>
        <translation>프로그램을 파일에 씁니다</translation>
    </message>
    <message>
        <source>Go to the &amp;next problem</source>
        <translation>다음 문제로(&amp;N)</translation>
    </message>
    <message>
        <source>Moves to the next finding in the program</source>
        <translation>프로그램의 다음 문제로 갑니다</translation>
    </message>
    <message>
        <source>Programs (*.tl)</source>
        <translation>프로그램 (*.tl)</translation>
    </message>
    <message>
        <source>%1 is larger than a program may be (16 MB).</source>
        <translation>%1은(는) 프로그램의 한도(16 MB)보다 큽니다.</translation>
    </message>
    <message>
        <source>%1 could not be opened: %2.</source>
        <translation>%1을(를) 열지 못했습니다: %2.</translation>
    </message>
    <message>
        <source>Open program or data</source>
        <translation>프로그램이나 데이터 열기</translation>
    </message>
    <message>
        <source>Save program</source>
        <translation>프로그램 저장</translation>
    </message>
    <message>
        <source>The program was not written to %1: %2.</source>
        <translation>프로그램을 %1에 쓰지 못했습니다: %2.</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>다른 폴더를 고르십시오.</translation>
    </message>
    <message>
        <source>%1 is no file that can be read.</source>
        <translation>%1은(는) 읽을 수 있는 파일이 아닙니다.</translation>
    </message>
    <message>
        <source>%1 is no text in UTF-8.</source>
        <translation>%1은(는) UTF-8 텍스트가 아닙니다.</translation>
    </message>
    <message>
        <source>%1 has a line longer than the editor shows (100 000 bytes).</source>
        <translation>%1에 편집기가 보일 수 있는 것(100 000바이트)보다 긴 줄이 있습니다.</translation>
    </message>
    <message>
        <source>%1 cannot be named in a program: its name has a quote or a new line.</source>
        <translation>%1은(는) 이름에 따옴표나 줄바꿈이 있어 프로그램에 적을 수 없습니다.</translation>
    </message>
    <message>
        <source>Data (%1)</source>
        <translation>데이터 (%1)</translation>
    </message>
    <message>
        <source>%1 is neither a program nor data that this room reads.</source>
        <translation>%1은(는) 프로그램도 이 방이 읽는 데이터도 아닙니다.</translation>
    </message>
    <message>
        <source>Choose another file: %1</source>
        <translation>다른 파일을 고르십시오: %1</translation>
    </message>
</context>
<context>
    <name>vitrine::TermsModel</name>
    <message>
        <source>term</source>
        <translation>항</translation>
    </message>
    <message>
        <source>value</source>
        <translation>값</translation>
    </message>
</context>
<context>
    <name>vitrine::WhyPanel</name>
    <message>
        <source>Why does it hold?</source>
        <translation>왜 성립합니까?</translation>
    </message>
    <message>
        <source>Proof tree</source>
        <translation>증명 트리</translation>
    </message>
    <message>
        <source>Terms of the sum</source>
        <translation>합의 항</translation>
    </message>
    <message>
        <source>Choose a tuple in the table or the matrix: its proof appears here.</source>
        <translation>표나 행렬에서 튜플을 고르면 증명이 여기에 나옵니다.</translation>
    </message>
    <message>
        <source>fact, line %1</source>
        <translation>사실, %1행</translation>
    </message>
    <message>
        <source>fact</source>
        <translation>사실</translation>
    </message>
    <message>
        <source>rule line %1</source>
        <translation>규칙 %1행</translation>
    </message>
    <message>
        <source>rule line %1, round %2</source>
        <translation>규칙 %1행, 라운드 %2</translation>
    </message>
    <message>
        <source>goes on below</source>
        <translation>아래로 이어짐</translation>
    </message>
    <message>
        <source>condition</source>
        <translation>조건</translation>
    </message>
    <message>
        <source>the rule of line %1 once</source>
        <translation>%1행의 규칙 한 번</translation>
    </message>
    <message>
        <source>the rule of line %1 twice</source>
        <translation>%1행의 규칙 두 번</translation>
    </message>
    <message>
        <source>the rule of line %1, %2 times</source>
        <translation>%1행의 규칙 %2번</translation>
    </message>
    <message numerus="yes">
        <source>%n fact(s)</source>
        <translation>
            <numerusform>사실 %n개</numerusform>
        </translation>
    </message>
    <message>
        <source>The tree is cut where it is too deep.</source>
        <translation>너무 깊은 곳은 잘랐습니다.</translation>
    </message>
    <message>
        <source>Why does %1 hold?</source>
        <translation>%1은(는) 왜 성립합니까?</translation>
    </message>
    <message>
        <source>Looking for the shortest proof…</source>
        <translation>가장 짧은 증명을 찾는 중…</translation>
    </message>
    <message>
        <source>There is no proof of it.</source>
        <translation>증명이 없습니다.</translation>
    </message>
    <message>
        <source>Where does %1 come from?</source>
        <translation>%1은(는) 어디에서 나옵니까?</translation>
    </message>
    <message>
        <source>Adding up its terms…</source>
        <translation>항을 더하는 중…</translation>
    </message>
    <message>
        <source>No term of it is different from zero.</source>
        <translation>0이 아닌 항이 없습니다.</translation>
    </message>
    <message numerus="yes">
        <source>%n term(s), %1 together.</source>
        <translation>
            <numerusform>항 %n개, 합 %1.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::plot::Figure</name>
    <message>
        <source>time since start</source>
        <translation>시작 후 시간</translation>
    </message>
    <message>
        <source>time of day</source>
        <translation>시각</translation>
    </message>
</context>
<context>
    <name>vitrine::plot::LegendStrip</name>
    <message>
        <source>%1: click to show or hide, Ctrl+click to show it alone</source>
        <translation>%1: 누르면 보이거나 숨고, Ctrl을 누른 채 누르면 이것만 보입니다</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>외 %n개</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>vitrine::plot::SamplesTable</name>
    <message>
        <source>Curve</source>
        <translation>곡선</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>시간</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>하한</translation>
    </message>
    <message>
        <source>High</source>
        <translation>상한</translation>
    </message>
</context>
<context>
    <name>vitrine::tableexport</name>
    <message>
        <source>%1 could not be written: %2</source>
        <translation>%1을(를) 쓰지 못했습니다: %2</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>복사(&amp;C)</translation>
    </message>
</context>
</TS>
